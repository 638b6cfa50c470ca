// Measures the client and prints what came of it beside what was promised. It does not judge: no figure makes it fail.
// Run by `make bench-browser`; ONLY="flood start" picks.

import { stat } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BINARY } from '../rig/server.ts';
import { type Figure, table } from './figures.ts';
import { flood } from './flood.ts';
import { latency } from './latency.ts';
import { many } from './many.ts';
import { own } from './own.ts';
import { people } from './people.ts';
import { search } from './search.ts';
import { soak } from './soak.ts';
import { tell } from './stage.ts';
import { start } from './start.ts';

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  start,
  own,
  many,
  people,
  search,
  soak,
  latency,
  flood, // the last: this process stands back from then on
};

async function main(): Promise<void> {
  const wanted = (process.env['BENCHES'] ?? '').split(' ').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    throw new Error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  }
  tell(await machine());
  const figures: Figure[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      figures.push(...(await timed(name, bench)));
    }
  }
  process.stdout.write(`\n${await machine()}\n\n${table(figures)}`);
}

/** One that fails must not take the others' figures with it. */
async function timed(name: string, bench: () => Promise<readonly Figure[]>): Promise<readonly Figure[]> {
  const began = performance.now();
  try {
    const figures = await bench();
    tell(table(figures));
    return figures;
  } catch (error) {
    tell(`${name} FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
    return [];
  } finally {
    tell(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  }
}

async function machine(): Promise<string> {
  const load = loadavg().map((value) => value.toFixed(1));
  const memory = Math.round(totalmem() / 2 ** 30);
  const binary = relative(fileURLToPath(new URL('../../..', import.meta.url)), BINARY);
  const built = (await stat(BINARY)).mtime.toISOString().slice(0, 16);
  const processor = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB, no GPU`;
  return `server: ${binary}, built ${built}; machine: ${processor}; load ${load.join(' ')}`;
}

await main();
