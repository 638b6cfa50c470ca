// Makes one script of finder.ts and the library it uses. Runs once, before all projects.

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
  const entry = fileURLToPath(new URL('./finder.ts', import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.DEBUG_PRINT_LIMIT': '"7000"', 'process.env.COLORS': '"false"', 'process.env': '{}' },
    build: { write: false, minify: true, lib: { entry, formats: ['iife'], name: 'chinwagFinder' } },
  });
  const bundles = Array.isArray(output) ? output : [output];
  const chunk = bundles.flatMap((bundle) => ('output' in bundle ? bundle.output : []))[0];
  if (chunk?.type !== 'chunk') {
    throw new Error('the finder was not built');
  }
  project.provide('finder', chunk.code);
}
