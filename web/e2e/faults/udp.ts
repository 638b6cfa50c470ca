// UDP is cut and restored while one page writes and another reads.

import type { EngineName } from '../rig/engines.ts';
import type { Server } from '../rig/server.ts';
import { Couple, type Flood } from './flood.ts';
import type { Network } from './network.ts';
import { sum, type Told } from './row.ts';
import { BROWSERS, tell, withBrowser, withServer } from './scene.ts';
import { setting } from './settings.ts';

/** At least so many for each cut: a thousand for ten. */
const MESSAGES = 100;
const GAP_MS = 2_000;
const BACK_MS = 60_000;
/** Messages between two changes of the network. */
const BETWEEN = 15;
/** It is measured, not cut short, when the bar is missed. */
const PATIENCE_MS = 2 * BACK_MS;

interface Run extends Flood {
  readonly engine: EngineName;
  readonly longestAwayMs: number;
  readonly longestBackMs: number;
}

export async function udp(network: Network): Promise<Told> {
  const cuts = setting('FAULTS_CUTS', 10);
  const runs: Run[] = [];
  for (const engine of BROWSERS) {
    runs.push(await withServer([], (server) => run(network, server, engine, cuts)));
  }
  return {
    done: `${cuts} times in each: ${runs.map(told).join('; ')}`,
    verdict: sum(runs.map(({ verdict }) => verdict)),
    wrong: runs.flatMap(wrong),
  };
}

async function run(network: Network, server: Server, engine: EngineName, cuts: number): Promise<Run> {
  return await withBrowser(engine, async (browser) => {
    const couple = await Couple.enter(server, browser, 'flood');
    await couple.begin();
    let [longestAwayMs, longestBackMs] = [0, 0];
    for (let cut = 0; cut < cuts; cut += 1) {
      await couple.progress(BETWEEN);
      await network.cutUdp(server.port);
      longestAwayMs = Math.max(longestAwayMs, await couple.on('WebSocket'));
      await couple.progress(BETWEEN);
      await network.restore();
      const back = await couple.on('WebTransport', PATIENCE_MS);
      longestBackMs = Math.max(longestBackMs, back);
      tell(`${engine}: cut ${cut + 1} of ${cuts}, back after ${seconds(back)}`);
    }
    await couple.progress(Math.max(BETWEEN, cuts * MESSAGES - (await couple.written())));
    return { engine, longestAwayMs, longestBackMs, ...(await couple.end()) };
  });
}

function told({ engine, longestAwayMs, longestBackMs, writerGapMs, readerGapMs, heldUpMs }: Run): string {
  const gaps = `longest gap ${seconds(writerGapMs)} writing, ${seconds(readerGapMs)} reading (a page not run for ${seconds(heldUpMs)})`;
  return `${engine}: ${gaps}, on WebSocket after ${seconds(longestAwayMs)}, back after ${seconds(longestBackMs)} at most`;
}

function wrong({ engine, verdict, longestBackMs }: Run): string[] {
  const { lost, doubled, reordered, gapMs } = verdict;
  return [
    ...(lost + doubled + reordered > 0 ? [`${engine}: not every message once and in order`] : []),
    ...(gapMs > GAP_MS ? [`${engine}: a gap of more than ${seconds(GAP_MS)}`] : []),
    ...(longestBackMs > BACK_MS ? [`${engine}: not back within ${seconds(BACK_MS)}`] : []),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
