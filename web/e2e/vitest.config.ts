// The browser tests: one suite, a project for each engine. `make browser-test` runs it.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { engines } from './rig/engines.ts';

/** Enough for a browser to start on a busy machine; a test that is well takes a fraction. */
const TEST_MS = 90_000;
const POLL = { interval: 50, timeout: 15_000 };

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: './e2e/rig/bundle.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    projects: Object.keys(engines).map((engine) => ({
      extends: true as const,
      test: {
        name: engine,
        include: ['e2e/*.test.ts'],
        expect: { poll: POLL },
        provide: { engine },
      },
    })),
  },
});
