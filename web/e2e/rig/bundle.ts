// Makes one script of what runs inside the page and the libraries it uses. Runs once, before all projects.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    finder: string;
    engine: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('finder', await bundled(new URL('./finder.ts', import.meta.url)));
}

/** One script that a page can run before its own. */
export async function bundled(entry: URL): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.DEBUG_PRINT_LIMIT': '"7000"', 'process.env.COLORS': '"false"', 'process.env': '{}' },
    build: {
      write: false,
      minify: true,
      lib: { entry: fileURLToPath(entry), formats: ['iife'], name: 'chinwagInside' },
    },
  });
  const bundles = Array.isArray(output) ? output : [output];
  const chunk = bundles.flatMap((bundle) => ('output' in bundle ? bundle.output : []))[0];
  if (chunk?.type !== 'chunk') {
    throw new Error(`${entry.pathname} was not built`);
  }
  return chunk.code;
}
