// UDP does not work from the start: how long until a page that nobody has opened before is usable.

import type { EngineName } from '../rig/engines.ts';
import type { Browser } from '../rig/page.ts';
import type { Server } from '../rig/server.ts';
import type { Network } from './network.ts';
import { median, NOTHING, type Told } from './row.ts';
import { BROWSERS, enter, stands, tell, withBrowser, withServer } from './scene.ts';
import { setting } from './settings.ts';

const USABLE_MS = 1_000;
/** The first one is there to compare with. */
const WAYS = ['working', 'dropped', 'refused'] as const;

type Way = (typeof WAYS)[number];

interface Run {
  readonly engine: EngineName;
  readonly way: Way;
  readonly ms: readonly number[];
}

export async function start(network: Network): Promise<Told> {
  const rounds = setting('FAULTS_STARTS', 10);
  const runs: Run[] = [];
  await withServer([], async (server) => {
    for (const engine of BROWSERS) {
      await withBrowser(engine, async (browser) => {
        for (const way of WAYS) {
          await make(way, network, server.port);
          runs.push({ engine, way, ms: await measure(browser, server, [engine, way], rounds) });
          await network.restore();
        }
      });
    }
  });
  return {
    done: `${rounds} times each from navigation to usable: ${runs.map(told).join('; ')}`,
    verdict: { ...NOTHING, sessions: runs.length * rounds },
    wrong: runs
      .filter(({ way, ms }) => way !== 'working' && median(ms) > USABLE_MS)
      .map(({ engine, way }) => `${engine}, UDP ${way}: over ${USABLE_MS} ms`),
  };
}

async function make(way: Way, network: Network, port: number): Promise<void> {
  switch (way) {
    case 'working':
      return;
    case 'dropped':
      return await network.cutUdp(port);
    case 'refused':
      return await network.refuseUdp(port);
  }
}

/** Each time with a new profile, in which nothing is known of this network. */
async function measure(
  browser: Browser,
  server: Server,
  [engine, way]: readonly [EngineName, Way],
  rounds: number,
): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await enter(browser, `${server.url}/r/${engine}-${way}-${round}?name=ann`);
    const { on } = await stands(page);
    if (way !== 'working' && on !== 'WebSocket') {
      throw new Error(`without UDP the page is on ${on}`);
    }
    const { answered, opened, usable } = await page.evaluate(() => globalThis.chinwagLab.beginning());
    const parts = [answered, opened, usable].map((ms) => `${Math.round(ms)} ms`);
    tell(`${engine}, UDP ${way}: asked the way by ${parts[0]}, open at ${parts[1]}, usable at ${parts[2]}`);
    all.push(usable);
    await page.close();
  }
  return all;
}

function told({ engine, way, ms }: Run): string {
  return `${engine}, UDP ${way}: ${Math.round(median(ms))} ms (median), ${Math.round(Math.max(...ms))} ms (longest)`;
}
