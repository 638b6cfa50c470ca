// One page writes, another one reads, and at the end both are held against the history.

import type { Browser, Page } from '../rig/page.ts';
import type { Server } from '../rig/server.ts';
import type { Move } from './inside.ts';
import { judge, longestGap, type Watched } from './judge.ts';
import { Outsider } from './outsider.ts';
import type { Verdict } from './row.ts';
import { enter, stands, tell, until } from './scene.ts';

/** Ten a second: a person's room at its busiest, and gaps are seen to a tenth of a second. */
const EVERY_MS = 100;
const SETTLES_WITHIN_MS = 60_000;

export interface Flood {
  readonly verdict: Verdict;
  readonly writerGapMs: number;
  readonly readerGapMs: number;
  /** The longest that one of the pages did not get to run: the machine's share of a gap. */
  readonly heldUpMs: number;
  /** What was said of coming and going while the flood went on. */
  readonly comings: readonly string[];
}

export class Couple {
  readonly writer: Page;
  readonly reader: Page;
  readonly #url: string;
  readonly #room: string;
  #since = 0;

  private constructor(url: string, room: string, writer: Page, reader: Page) {
    this.#url = url;
    this.#room = room;
    this.writer = writer;
    this.reader = reader;
  }

  static async enter(server: Server, browser: Browser, room: string): Promise<Couple> {
    const writer = await enter(browser, `${server.url}/r/${room}?name=ann`, 'WebTransport');
    const reader = await enter(browser, `${server.url}/r/${room}?name=bob`, 'WebTransport');
    return new Couple(server.url, room, writer, reader);
  }

  async begin(): Promise<void> {
    this.#since = Date.now();
    await Promise.all(this.#pages.map((page) => page.evaluate(() => globalThis.chinwagLab.beginsAnew())));
    await this.writer.evaluate((every) => globalThis.chinwagLab.write(every), EVERY_MS);
  }

  /** Waits until each page has shown so many more messages. */
  async progress(more: number): Promise<void> {
    const goals = await Promise.all(this.#pages.map(async (page) => (await stands(page)).newest + more));
    const has = async (): Promise<boolean> => {
      const now = await Promise.all(this.#pages.map(stands));
      return now.every(({ newest }, index) => newest >= (goals[index] ?? 0));
    };
    await until(`${more} more messages on both pages`, has, SETTLES_WITHIN_MS + 3 * more * EVERY_MS);
  }

  /** Waits until both pages say that they are there; answers how long that took. */
  async on(transport: Move['to'], withinMs?: number): Promise<number> {
    const are = async (): Promise<boolean> => {
      const now = await Promise.all(this.#pages.map(stands));
      return now.every(({ on }) => on === transport);
    };
    return await until(`both pages on ${transport}`, are, withinMs);
  }

  /** How many messages were handed in so far. */
  async written(): Promise<number> {
    return (await stands(this.writer)).written;
  }

  /** Ends the flood, waits until all is settled, and judges. */
  async end(): Promise<Flood> {
    const written = await this.writer.evaluate(() => globalThis.chinwagLab.stop());
    const settled = async (): Promise<boolean> => {
      const now = await Promise.all(this.#pages.map(stands));
      return now.every(({ newest }) => newest >= written);
    };
    // What is not settled by then counts as lost below.
    await until('all is settled', settled, SETTLES_WITHIN_MS).catch((error) => tell(String(error)));
    const comings = await Promise.all(this.#pages.map((page) => this.#comings(page)));
    await this.#trace();
    const heldUp = this.#pages.map((page) => page.evaluate(() => globalThis.chinwagLab.notes().heldUpMs));
    const heldUpMs = Math.max(...(await Promise.all(heldUp)));
    const [writer, reader] = [await watched(this.writer), await watched(this.reader)];
    const someone = await Outsider.join(this.#url, this.#room, 'historian');
    const history = await someone.history();
    someone.leave();
    const [writerGap, readerGap] = [longestGap(writer.shown), longestGap(reader.shown)];
    const gapMs = Math.max(writerGap.ms, readerGap.ms);
    const counts = judge(written, history, [writer, reader]);
    const verdict = { sessions: 2, acknowledged: writer.shown.length, ...counts, gapMs };
    return { verdict, writerGapMs: writerGap.ms, readerGapMs: readerGap.ms, heldUpMs, comings: comings.flat() };
  }

  async close(): Promise<void> {
    await Promise.all(this.#pages.map((page) => page.close()));
  }

  get #pages(): readonly Page[] {
    return [this.writer, this.reader];
  }

  async #comings(page: Page): Promise<string[]> {
    const { lines } = await page.evaluate(() => globalThis.chinwagLab.notes());
    const said = lines.filter(({ text, at }) => at > this.#since && /has (joined|left)!/.test(text));
    return [...new Set(said.map(({ text }) => text))];
  }

  /** For whoever wants to know what a gap is made of: each move, and how long the page had been without progress. */
  async #trace(): Promise<void> {
    if (process.env['FAULTS_TRACE'] === undefined) {
      return;
    }
    for (const [index, page] of this.#pages.entries()) {
      const { moves, shown } = await page.evaluate(() => globalThis.chinwagLab.notes());
      for (const { to, at } of moves.filter(({ at }) => at > this.#since)) {
        const before = shown.findLast((one) => one.at <= at)?.at ?? at;
        const after = shown.find((one) => one.at > at)?.at ?? at;
        const when = ((at - this.#since) / 1_000).toFixed(2);
        tell(
          `${index === 0 ? 'writer' : 'reader'} ${when} s: ${to}, ${ms(at - before)} after the last, ${ms(after - at)} to the next`,
        );
      }
    }
  }
}

async function watched(page: Page): Promise<Watched> {
  const { shown } = await page.evaluate(() => globalThis.chinwagLab.notes());
  const timeline = await page.evaluate(() => globalThis.chinwagLab.walk(1));
  return { shown, timeline };
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
