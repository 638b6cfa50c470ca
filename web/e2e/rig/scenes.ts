// The pages with a chat that needs no server (src/ui/testing): for what no server could be brought to show in a test, such
// as five thousand people.

import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll } from 'vitest';

/** Serves the scenes while the tests of a file run; answers the address of one. */
export function scenes(): (name: string) => string {
  let server: ViteDevServer | null = null;
  beforeAll(async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    server = await createServer({ root, logLevel: 'error', server: { host: 'localhost', port: 0, hmr: false } });
    await server.listen();
  });
  afterAll(() => server?.close());
  return (name) => `${server?.resolvedUrls?.local[0] ?? ''}src/ui/testing/preview.html?scene=${name}`;
}
