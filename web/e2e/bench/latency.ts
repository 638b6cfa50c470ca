// How long a message takes from the key in one browser window to the screen of another, and how much of that is the
// network's.

import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportName } from '../../src/transport/carrier.ts';
import { bundled } from '../rig/bundle.ts';
import { engines } from '../rig/engines.ts';
import type { Browser, Page } from '../rig/page.ts';
import { Server } from '../rig/server.ts';
import { type Figure, most, ofMany } from './figures.ts';
import { FRAME_MS, print, type Sample } from './table.ts';

/** Sent one after the other over each transport. */
const MESSAGES = 100;
/** The pages are warm then, as those of people are who have been here for a minute. */
const WARM_UP = 10;
/** A transport that takes longer is cut short. */
const AT_MOST_MS = 20_000;
const OPENS_WITHIN_MS = 15_000;
const POLL_MS = 50;
const FRAMES_WATCHED = 30;
const CLOCK_LOOKS = 20;
/** Spread over a frame, so that keys do not fall into step with the drawing. */
const PAUSES_MS = [3, 11, 7, 15, 1, 9, 13, 5] as const;
/** Nobody types so fast: the limit on messages is not what is measured here. */
const NO_LIMIT = ['--rate', '1000', '--burst', '10000'] as const;

const RUNS = [
  ['chromium', 'WebTransport'],
  ['chromium-websocket', 'WebSocket'],
] as const;

interface Pair {
  readonly ann: Page;
  readonly bob: Page;
}

export async function latency(): Promise<Figure[]> {
  const before = [
    await bundled(new URL('../rig/finder.ts', import.meta.url)),
    await bundled(new URL('./inside.ts', import.meta.url)),
  ].join(';\n');
  const server = await Server.start(...NO_LIMIT);
  try {
    const figures: Figure[] = [];
    for (const [engine, transport] of RUNS) {
      const browser = await engines[engine].start(before);
      const samples = await run(browser, server.url, transport).finally(() => browser.close());
      const beyond = samples.map(({ painted, network }) => (painted - network) / FRAME_MS);
      figures.push(ofMany(`a message to another screen, beyond its way (${transport})`, most(2, 'frames'), beyond));
    }
    return figures;
  } finally {
    await server.stop();
  }
}

async function run(browser: Browser, url: string, transport: TransportName): Promise<Sample[]> {
  const pair: Pair = { ann: await browser.newPage(), bob: await browser.newPage() };
  const room = `bench-${transport}`;
  await enters(pair.ann, `${url}/r/${room}?name=ann`, transport);
  await enters(pair.bob, `${url}/r/${room}?name=bob`, transport);
  const [annFrames, bobFrames] = [await frames(pair.ann), await frames(pair.bob)];
  const apart = (await clock(pair.ann)) - (await clock(pair.bob));
  tell(`\n${transport}: a frame takes ${annFrames.toFixed(1)} ms in A and ${bobFrames.toFixed(1)} ms in B; `);
  tell(`their clocks are ${Math.abs(apart).toFixed(1)} ms apart, as far as can be told\n\n`);
  const samples = await measure(pair);
  print(samples, MESSAGES, tell);
  return samples;
}

async function measure(pair: Pair): Promise<Sample[]> {
  const samples: Sample[] = [];
  const deadline = Date.now() + AT_MOST_MS;
  for (let n = 0; n < WARM_UP + MESSAGES && Date.now() < deadline; n += 1) {
    await sleep(PAUSES_MS[n % PAUSES_MS.length]);
    const sample = await one(pair, n);
    if (sample !== null && n >= WARM_UP) {
      samples.push(sample);
    }
  }
  return samples;
}

/** One message between bare programs and one between people, right after each other: both meet the same machine. */
async function one(pair: Pair, n: number): Promise<Sample | null> {
  const ping = await pair.ann.evaluate(() => globalThis.chinwagBench.ping());
  const bare = await sayBare(pair, `bare message ${n}.`);
  const people = await sayAsPerson(pair, `bench message ${n}.`);
  return ping === null || bare === null || people === null ? null : { ping, bare, ...people };
}

async function sayBare({ ann, bob }: Pair, text: string): Promise<number | null> {
  const hearing = bob.evaluate((t) => globalThis.chinwagBench.hears(t), text);
  const said = await ann.evaluate((t) => globalThis.chinwagBench.say(t), text);
  const heard = await hearing;
  return heard === null ? null : heard - said;
}

type Spoken = Omit<Sample, 'ping' | 'bare'>;

async function sayAsPerson({ ann, bob }: Pair, text: string): Promise<Spoken | null> {
  const field = { role: 'textbox', name: 'Message' };
  await ann.evaluate((q, t) => globalThis.chinwagRig.fill(q, t), field, text);
  const mark = text.slice(0, -1);
  const watching = [ann, bob].map((page) => page.evaluate((m) => globalThis.chinwagBench.awaits(m), mark));
  await ann.press('Enter');
  const [own, theirs] = await Promise.all(watching);
  const { keyDown: key, handedOver } = await ann.evaluate(() => globalThis.chinwagBench.pressed());
  if (!own?.pending || !own.settled || !theirs?.settled) {
    return null;
  }
  return {
    handedOver: handedOver - key,
    network: theirs.arrived - handedOver,
    inDocument: theirs.settled.inDocument - key,
    shown: theirs.settled.inFrame - key,
    painted: theirs.settled.painted - key,
    pending: own.pending.inFrame - key,
    acknowledged: own.settled.inDocument - key,
  };
}

/** Waits until the page is in its room over this transport, and its bare companion too. */
async function enters(page: Page, address: string, transport: TransportName): Promise<void> {
  await page.goto(address);
  const deadline = Date.now() + OPENS_WITHIN_MS;
  while (!(await isIn(page, transport))) {
    if (Date.now() > deadline) {
      throw new Error(`${address} does not get in over ${transport}`);
    }
    await sleep(POLL_MS);
  }
  const name = new URL(address).searchParams.get('name') ?? '';
  await page.evaluate((...how) => globalThis.chinwagBench.open(...how), transport, `bare-${transport}`, name);
}

async function isIn(page: Page, transport: TransportName): Promise<boolean> {
  const connection = { role: 'status', name: 'Connection' };
  const said = await page.evaluate((q) => globalThis.chinwagRig.texts(q), connection);
  const fields = await page.evaluate((q) => globalThis.chinwagRig.find(q).length, { role: 'textbox', name: 'Message' });
  return fields === 1 && said.join().includes(transport);
}

async function frames(page: Page): Promise<number> {
  return await page.evaluate((count) => globalThis.chinwagBench.frames(count), FRAMES_WATCHED);
}

/** How far a page's clock is ahead of this process's: of many looks, the quickest knows best. */
async function clock(page: Page): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, ahead: 0 };
  for (let n = 0; n < CLOCK_LOOKS; n += 1) {
    const asked = performance.timeOrigin + performance.now();
    const there = await page.evaluate(() => globalThis.chinwagBench.now());
    const answered = performance.timeOrigin + performance.now();
    const took = answered - asked;
    best = took < best.took ? { took, ahead: there - (asked + answered) / 2 } : best;
  }
  return best.ahead;
}

function tell(text: string): void {
  process.stdout.write(text);
}
