// Tells the browser to compile the whole script of the first screen, and of the first room, off the main thread while it
// comes in. Otherwise each function is compiled, on the main thread, when it is called first, and most of them are.

import type { Plugin } from 'vite';

/** Understood by Chromium (explicit compile hints); a comment anywhere else. */
const HINT = '//# allFunctionsCalledOnLoad\n';
/** Each is in a file of its own. */
const FIRST = ['src/main.tsx', 'src/store/stay.ts', 'src/ui/room/room.tsx', 'src/ui/strings/en/index.ts'];

export function eager(): Plugin {
  return {
    name: 'eager',
    apply: 'build',
    // The hint stands in front of everything, whatever others put there.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const isFirst = (id: string) => FIRST.some((path) => id.endsWith(`/${path}`));
        const found = Object.values(bundle).flatMap((file) =>
          file.type === 'chunk' && file.moduleIds.some(isFirst) ? [file] : [],
        );
        if (found.length !== FIRST.length) {
          this.error(`Of ${FIRST.join(', ')} only these are files: ${found.map(({ name }) => name).join(', ')}`);
        }
        for (const chunk of found) {
          chunk.code = HINT + chunk.code;
        }
      },
    },
  };
}
