import { defineConfig } from 'vitest/config';
import { compress } from './build/compress.ts';
import { eager } from './build/eager.ts';
import { emojiTable } from './build/emoji.ts';
import { mark } from './build/mark.ts';
import { shell } from './build/shell.ts';
import { weight } from './build/weight.ts';

// The server's plain listener on loopback: what `chinwag serve` prints first.
const SERVER = process.env['CHINWAG_DEV_SERVER'] ?? 'http://localhost:4480';

export default defineConfig({
  // The page runs under a content security policy without inline scripts and with trusted types.
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  plugins: [emojiTable(), mark(), shell(), weight(), eager(), compress()],
  server: {
    proxy: {
      '/.well-known/chinwag': SERVER,
      '/ws': { target: SERVER, ws: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    environment: 'node',
    setupFiles: ['src/ui/testing/words.ts'],
    // Nothing here is timed; much of it computes for long on a busy machine.
    testTimeout: 60_000,
    // Read as text by the test of its contrasts; style sheets are empty in tests otherwise.
    css: { include: [/base\.css/] },
  },
});
