// A thousand messages a second, for half a minute, while somebody types: how steadily the page is drawn. The server and
// those who speak would be on other machines; here they get what the browser leaves, and must keep up with that.

import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd } from '../rig/crowd.ts';
import type { Devtools, Page } from '../rig/page.ts';
import { type Figure, least, most, ofMany, one } from './figures.ts';
import { enters, fill, type Ground, MESSAGE, standsBack, tell, toolsOf, withSet } from './stage.ts';

const PER_SECOND = 1_000;
const SECONDS = Number(process.env['BENCH_FLOOD_SECONDS'] ?? 30);
const TALKERS = 4;
const KEY_EVERY_MS = 230;
const MS = 1_000;

export async function flood(): Promise<Figure[]> {
  return await withSet((set) => drowns(set));
}

async function drowns(set: Ground): Promise<Figure[]> {
  const page = await enters(set, 'flood', 'ann');
  await Promise.all([set.server.pid, process.pid].map(standsBack));
  const crowd = await Crowd.join(set.server.url, 'flood', TALKERS);
  await crowd.says(2 * PER_SECOND); // the page is warm then
  await fill(page, MESSAGE, 'x');
  const tools = await toolsOf(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await metrics(tools);
  await page.evaluate(() => globalThis.chinwagWatch.watchFrames());
  const typing = types(page);
  const came = await crowd.floods(PER_SECOND, SECONDS);
  await typing;
  const { gaps, keys, longTasks, changes } = await page.evaluate(() => globalThis.chinwagWatch.frames());
  const behind = crowd.said - (await page.evaluate(() => globalThis.chinwagWatch.newest()));
  const work = workOf(before, await metrics(tools), gaps.length);
  crowd.leaves();
  tell(`${came.toFixed(0)} messages a second; the page was ${behind} behind at the end`);
  tell(`${work.told}; ${longTasks.length} tasks over 50 ms, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms`);
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / MS;
  const drawn = `new messages drawn ${(changes / seconds).toFixed(0)} times a second`;
  const longest = Math.max(...gaps);
  const over = gaps.filter((gap) => gap > 100).length;
  return [
    one('flood: messages a second that came', least(0.95 * PER_SECOND, 'a second'), came),
    one('flood: frames a second', least(50, 'a second'), gaps.length / seconds, drawn),
    { ...ofMany('flood: the longest frame', most(100), gaps), value: longest, spread: `${over} over 100 ms` },
    one('flood: main thread, CPU for each frame', most(MS / 60), work.eachMs, work.told),
    ofMany('flood: a key to its frame', most(50), keys),
  ];
}

async function types(page: Page): Promise<void> {
  const end = performance.now() + SECONDS * MS;
  for (let n = 0; performance.now() < end; n += 1) {
    await page.press(n % 2 === 0 ? 'x' : 'Backspace');
    await sleep(KEY_EVERY_MS);
  }
}

type Metrics = ReadonlyMap<string, number>;

async function metrics(tools: Devtools): Promise<Metrics> {
  const { metrics: all } = await tools.send('Performance.getMetrics');
  return new Map(all.map(({ name, value }) => [name, value]));
}

/** What the page's main thread did for each frame, in its own time: other programs on the machine do not count. */
function workOf(before: Metrics, after: Metrics, count: number): { readonly eachMs: number; readonly told: string } {
  const each = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * MS) / count;
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'] as const;
  const told = parts.map((name) => `${name.replace('Duration', '')} ${each(name).toFixed(1)}`).join(', ');
  return { eachMs: each('TaskDuration'), told: `CPU ms a frame: ${told}` };
}
