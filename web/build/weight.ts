// Holds what the first screen may weigh: whatever the page names itself, and what that imports. The rest comes when it
// is wanted, or behind the first screen. A build that is too heavy fails.

import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

const KILOBYTE = 1_000;
const SCRIPT_BYTES = 45 * KILOBYTE;
const STYLE_BYTES = 12 * KILOBYTE;

export function weight(): Plugin {
  return {
    name: 'weight',
    apply: 'build',
    generateBundle(_options, bundle) {
      const { scripts, styles } = firstLoad(bundle);
      if (scripts > SCRIPT_BYTES || styles > STYLE_BYTES) {
        this.error(`The first load is too heavy: ${told(scripts)} of script, ${told(styles)} of style, gzipped.`);
      }
      this.info(`first load: ${told(scripts)} of script, ${told(styles)} of style, gzipped`);
    },
  };
}

/** Bytes after gzip of all that is fetched before anything is drawn. */
export function firstLoad(bundle: Rollup.OutputBundle): { readonly scripts: number; readonly styles: number } {
  const chunks = new Set<Rollup.OutputChunk>();
  const add = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type === 'chunk' && !chunks.has(chunk)) {
      chunks.add(chunk);
      chunk.imports.forEach(add);
    }
  };
  for (const [name, chunk] of Object.entries(bundle)) {
    if (chunk.type === 'chunk' && chunk.isEntry) {
      add(name);
    }
  }
  const sheets = new Set([...chunks].flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]));
  const styles = [...sheets].flatMap((name) => {
    const sheet = bundle[name];
    return sheet?.type === 'asset' ? [sheet.source] : [];
  });
  return { scripts: sum([...chunks].map(({ code }) => code)), styles: sum(styles) };
}

function sum(files: readonly (string | Uint8Array)[]): number {
  return files.reduce((total, file) => total + gzipSync(file, { level: 9 }).length, 0);
}

function told(bytes: number): string {
  return `${(bytes / KILOBYTE).toFixed(1)} kB`;
}
