// A page is away while others write, and comes back.

import type { Browser, Page } from '../rig/page.ts';
import type { Server } from '../rig/server.ts';
import type { Return } from './inside.ts';
import { judge } from './judge.ts';
import type { Network } from './network.ts';
import { Outsider } from './outsider.ts';
import { sum, type Told, type Verdict } from './row.ts';
import { enter, stands, tell, until, withBrowser, withServer } from './scene.ts';
import { setting } from './settings.ts';

const BEFORE = 50;
/** One round trip, which on one machine is less than the rest of a millisecond, and this. */
const RIGHT_MS = 250;
/** One session may write so many at once before its pace is limited. */
const BURST = 10_000;
/** Where the others come in while the page is cut off. */
const BACK_DOOR = 4_481;
const COMES_BACK_WITHIN_MS = 60_000;

interface Run {
  readonly missed: number;
  readonly rightMs: number;
  readonly partial: number;
  /** From the network's return, all that a person waits. */
  readonly sinceReturnMs: number;
  readonly walkMs: number;
  readonly verdict: Verdict;
}

export async function away(network: Network): Promise<Told> {
  const runs: Run[] = [];
  await withServer(['--http', `127.0.0.1:${BACK_DOOR}`], (server) =>
    withBrowser('chromium', async (browser) => {
      for (const missed of [0, 500, setting('FAULTS_MISSED', 100_000)]) {
        runs.push(await run(network, server, browser, missed));
      }
    }),
  );
  return {
    done: `Chromium, cut off: ${runs.map(told).join('; ')}`,
    verdict: sum(runs.map(({ verdict }) => verdict)),
    wrong: runs.flatMap(wrong),
  };
}

async function run(network: Network, server: Server, browser: Browser, missed: number): Promise<Run> {
  const room = `away-${missed}`;
  const all = BEFORE + missed;
  await write(room, 0, BEFORE);
  const page = await enter(browser, `${server.url}/r/${room}?name=ann`, 'WebTransport');
  await until('the page shows what was said before', async () => (await stands(page)).newest === BEFORE);
  await network.cut(server.port, server.httpPort);
  await until('the page knows that it is cut off', async () => (await stands(page)).on === 'none');
  await write(room, BEFORE, missed);
  await page.evaluate((newest) => globalThis.chinwagLab.returns(newest), all);
  const restored = Date.now();
  await network.restore();
  await retryNow(page);
  const back = await isBack(page);
  tell(`away for ${missed}: right ${Math.round(back.right - back.opened)} ms after the connection is open`);
  const walked = performance.now();
  const timeline = await page.evaluate((n) => globalThis.chinwagLab.walk(n), 1);
  const walkMs = performance.now() - walked;
  const reader = await Outsider.join(backDoor(), room, 'historian');
  const counts = judge(all, await reader.history(), [{ shown: [], timeline }]);
  reader.leave();
  await page.close();
  return {
    missed,
    rightMs: back.right - back.opened,
    partial: back.partial,
    sinceReturnMs: back.right - restored,
    walkMs,
    verdict: { sessions: 1, acknowledged: all, ...counts, gapMs: 0 },
  };
}

/** Messages with the next numbers, by as many people as the pace needs. */
async function write(room: string, from: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += BURST) {
    const writer = await Outsider.join(backDoor(), room, 'scribe');
    const part = Math.min(BURST, count - done);
    await writer.write(Array.from({ length: part }, (_, index) => `message ${from + done + index + 1}.`));
    writer.leave();
    tell(`${room}: ${from + done + part} messages`);
  }
}

async function retryNow(page: Page): Promise<void> {
  await page.evaluate(() => {
    const button = globalThis.chinwagRig.find({ role: 'button', name: 'Retry now' })[0];
    button?.click();
  });
}

async function isBack(page: Page): Promise<Return> {
  const look = (): Promise<Return | null> => page.evaluate(() => globalThis.chinwagLab.back());
  await until('the screen is right', async () => ((await look())?.right ?? 0) > 0, COMES_BACK_WITHIN_MS);
  const back = await look();
  if (back === null) {
    throw new Error('nobody waited for the return');
  }
  return back;
}

function backDoor(): string {
  return `http://127.0.0.1:${BACK_DOOR}`;
}

function told({ missed, rightMs, sinceReturnMs, walkMs }: Run): string {
  const walk = missed > 0 ? `, all ${missed} read by scrolling up in ${(walkMs / 1_000).toFixed(1)} s` : '';
  return `${missed} missed: right ${Math.round(rightMs)} ms after the greeting, ${Math.round(sinceReturnMs)} ms after the network's return${walk}`;
}

function wrong({ missed, rightMs, partial, verdict }: Run): string[] {
  const { lost, doubled, reordered } = verdict;
  return [
    ...(rightMs > RIGHT_MS ? [`${missed} missed: right only after ${Math.round(rightMs)} ms`] : []),
    ...(partial > 0 ? [`${missed} missed: ${partial} frames showed a part`] : []),
    ...(lost + doubled + reordered > 0 ? [`${missed} missed: not every message once and in order`] : []),
  ];
}
