// `:tada:` becomes its character when a message is sent, except where it stands as code.

import type { Emoji } from './table.ts';

/** Fenced blocks and inline code as they are, or a shortcode. A fence that is never closed reaches to the end. */
const PARTS = /(`{3,})[\s\S]*?(?:\1|$)|(`{1,2})(?!`)[^\n]*?\2|:([a-z0-9_+-]{2,}):/giu;

/** Whether the table is needed at all. */
export function mayHoldShortcodes(text: string): boolean {
  return /:[a-z0-9_+-]{2,}:/iu.test(text);
}

export function replaceShortcodes(text: string, find: (code: string) => Emoji | undefined): string {
  return text.replace(PARTS, (whole: string, _fence, _tick, code: string | undefined) =>
    code === undefined ? whole : (find(code)?.character ?? whole),
  );
}
