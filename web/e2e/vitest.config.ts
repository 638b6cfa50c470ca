// The browser tests: one suite, a project for each engine. `make browser-test` runs it.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { engines } from './rig/engines.ts';

/** Enough for a browser to start on a busy machine; a test that is well takes a fraction, of the deadline of each wait, too. */
const TEST_MS = 240_000;
const POLL = { interval: 50, timeout: 40_000 };

/** What depends on the engine and on what carries the connection: in every engine. */
const EVERYWHERE = [
  'composer',
  'connection',
  'join',
  'leaving',
  'location',
  'messages',
  'outbox',
  'pictures',
  'showing',
];

/** WebKit alone: where rows stand and what keys do depends on the engine, and not on what carries the connection. */
const ENGINE = ['keyboard', 'reading', 'search'];
/** Not in Firefox: minutes long, and about what the client makes of a text wherever it stands. It has the texts in hostile.test. */
const CHROMIUM_ALONE = ['hostile-places'];

const files = (names: readonly string[]) => names.map((name) => `e2e/${name}.test.ts`);

function filesOf(engine: string): { include: string[]; exclude?: string[] } {
  switch (engine) {
    case 'chromium':
      return { include: ['e2e/*.test.ts'] };
    case 'firefox':
      return { include: ['e2e/*.test.ts'], exclude: files(CHROMIUM_ALONE) };
    case 'webkit':
      return { include: files([...EVERYWHERE, ...ENGINE]) };
    default:
      return { include: files(EVERYWHERE) };
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    globalSetup: './e2e/rig/bundle.ts',
    pool: 'forks',
    // Node has it without this from its version 22 on; people without browsers (rig/crowd.ts) speak over it.
    execArgv: ['--experimental-websocket'],
    maxWorkers: 2,
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    projects: Object.keys(engines).map((engine) => ({
      extends: true as const,
      test: {
        name: engine,
        ...filesOf(engine),
        expect: { poll: POLL },
        provide: { engine },
      },
    })),
  },
});
