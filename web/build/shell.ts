// Makes the service worker out of what the build has left: a digest of all files names the build, in the worker and in
// the page, so that each finds the other.

import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { build, type Plugin } from 'vite';

const DIGITS = 16;
const WORKER = 'src/worker/sw.ts';
/** Only for pages that the server alone has. */
const SERVERS_OWN = ['/plain.css'];

export function shell(): Plugin {
  let [root, folder] = ['.', 'dist'];
  return {
    name: 'shell',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = join(config.root, config.build.outDir);
    },
    writeBundle: {
      sequential: true,
      async handler() {
        const files = await filesIn(folder);
        const name = await digest(files);
        const page = join(folder, 'index.html');
        const text = await readFile(page, 'utf8');
        await writeFile(
          page,
          text.replace('<meta charset="utf-8" />', `$&\n    <meta name="build" content="${name}" />`),
        );
        await writeFile(join(folder, 'sw.js'), await worker(join(root, WORKER), name, paths(folder, files)));
      },
    },
  };
}

/** Sorted, so that the same files make the same build. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function digest(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(file.split(sep).at(-1) ?? '').update(await readFile(file));
  }
  return hash.digest('hex').slice(0, DIGITS);
}

function paths(folder: string, files: readonly string[]): string[] {
  return files
    .map((file) => `/${relative(folder, file).split(sep).join('/')}`)
    .filter((path) => !SERVERS_OWN.includes(path))
    .map((path) => (path === '/index.html' ? '/' : path));
}

async function worker(entry: string, name: string, files: readonly string[]): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    define: { BUILD: JSON.stringify(name), FILES: JSON.stringify(files) },
    build: {
      write: false,
      copyPublicDir: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'worker' },
    },
  });
  const bundles = Array.isArray(output) ? output : [output];
  const chunk = bundles.flatMap((bundle) => ('output' in bundle ? bundle.output : []))[0];
  if (chunk?.type !== 'chunk') {
    throw new Error(`${entry} was not built`);
  }
  return chunk.code;
}
