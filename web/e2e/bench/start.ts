// How soon one sees something, and how soon one can talk: a cold cache each time.

import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd } from '../rig/crowd.ts';
import type { Devtools, Page } from '../rig/page.ts';
import { UdpHole } from '../rig/udp-hole.ts';
import { type Figure, most, ofMany } from './figures.ts';
import { enters, type Ground, slowDown, tell, toolsOf, until, watchScript, withBrowser, withSet } from './stage.ts';

const TIMES = 12;
const SLOWER = 4;
/** A new window makes the browser work for half a second, on pages of its own: nobody's start waits for that. */
const BROWSER_RESTS_MS = 1_000;
/** A room with something to show. */
const MESSAGES = 60;

export async function start(): Promise<Figure[]> {
  return await withSet((set) => withLightPages(set, measured));
}

/** Pages with nothing in them but what measures. */
async function withLightPages(set: Ground, run: (set: Ground) => Promise<Figure[]>): Promise<Figure[]> {
  return await withBrowser(await watchScript(), (browser) => run({ ...set, browser }));
}

async function measured(set: Ground): Promise<Figure[]> {
  const crowd = await Crowd.join(set.server.url, 'lobby', 1);
  await crowd.says(MESSAGES);
  await checkSlowDown(set);
  const quick = await times(() => opening(set, 1));
  const slow = await times(() => opening(set, SLOWER));
  const joins = await times(() => joining(set));
  const blocked = await withoutUdp(set);
  const work = await times(() => working(set));
  crowd.leaves();
  return [
    ofMany(
      'start: first paint',
      most(300),
      quick.map((one) => one.firstPaint),
    ),
    ofMany(
      'start: usable',
      most(500),
      quick.map((one) => one.usable),
    ),
    ofMany('start: main thread, CPU until usable', most(300), work),
    ofMany(
      'start: usable, CPU 4 times slower',
      most(1_500),
      slow.map((one) => one.usable),
    ),
    ofMany('J5: Join to first message painted, cold cache, CPU 4 times slower', most(1_000), joins),
    ofMany('K4: usable with UDP blocked', most(1_000), blocked),
  ];
}

/** The browser's own first steps are not the page's. */
async function warm(set: Ground): Promise<void> {
  await (await enters(set, 'warm', newName())).close();
}

async function times<T>(run: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    all.push(await run());
  }
  return all;
}

/** A tab of a new profile, nothing in its cache; the browser and the tab's process run already, and are at rest. */
async function tab({ server, browser }: Ground): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${server.url}/healthz`);
  await sleep(BROWSER_RESTS_MS);
  return page;
}

interface Opening {
  readonly firstPaint: number;
  readonly usable: number;
}

/** Of pages that were shut, names are held for a while. */
let names = 0;

function newName(): string {
  names += 1;
  return `ann-${names}`;
}

async function opening(set: Ground, slower: number): Promise<Opening> {
  const page = await tab(set);
  await slowDown(page, slower);
  const opened = await opens(page, `${set.server.url}/r/lobby?name=${newName()}`);
  await page.close();
  return opened;
}

/** Whether the slow-down is one: it is the whole point. */
async function checkSlowDown(set: Ground): Promise<void> {
  const page = await enters(set, 'warm', newName());
  await page.evaluate(() => globalThis.chinwagWatch.work()); // compiled by then
  const normal = await page.evaluate(() => globalThis.chinwagWatch.work());
  await slowDown(page, SLOWER);
  const slow = await page.evaluate(() => globalThis.chinwagWatch.work());
  tell(`with the slow-down a fixed piece of work takes ${(slow / normal).toFixed(1)} times as long`);
  await page.close();
}

async function opens(page: Page, address: string): Promise<Opening> {
  await page.goto(address);
  await until(`${address} is usable`, async () => {
    const { usable, firstPaint } = await page.evaluate(() => globalThis.chinwagWatch.start());
    return usable > 0 && firstPaint > 0;
  });
  return await page.evaluate(() => globalThis.chinwagWatch.start());
}

/** How long the page's main thread works until it is usable, in its own time: other programs on the machine do not count. */
async function working(set: Ground): Promise<number> {
  const page = await tab(set);
  const tools = await toolsOf(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await taskSeconds(tools);
  await opens(page, `${set.server.url}/r/lobby?name=${newName()}`);
  const after = await taskSeconds(tools);
  await page.close();
  return (after - before) * 1_000;
}

async function taskSeconds(tools: Devtools): Promise<number> {
  const { metrics } = await tools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** From the press of "Join" on a page that is just there, with its chunks perhaps still on their way. */
async function joining(set: Ground): Promise<number> {
  const page = await tab(set);
  await slowDown(page, SLOWER);
  await page.goto(`${set.server.url}/r/lobby`);
  await page.evaluate((name) => {
    document.querySelector('input')?.focus();
    document.execCommand('insertText', false, name);
  }, newName());
  const shown = page.evaluate(() =>
    globalThis.chinwagWatch.answers('keydown', () => document.querySelector('[role=log] article') !== null),
  );
  await page.press('Enter');
  const took = await shown;
  await page.close();
  return took;
}

async function withoutUdp(set: Ground): Promise<number[]> {
  const hole = await UdpHole.open();
  const browser = await hole.browser(set.server.port, await watchScript());
  try {
    const there = { ...set, browser };
    await warm(there);
    const all = (await times(() => opening(there, 1))).map(({ usable }) => usable);
    tell(`behind a port that swallows everything: ${hole.knocks} packets went there`);
    return all;
  } finally {
    await browser.close();
    await hole.close();
  }
}
