// The search panel over 100,000 messages: from Enter to the first hits on the screen.

import { Crowd } from '../rig/crowd.ts';
import type { Page } from '../rig/page.ts';
import { type Figure, most, one, quantile } from './figures.ts';
import { enters, fill, tell, until, withSet } from './stage.ts';

const MESSAGES = Number(process.env['BENCH_SEARCH_MESSAGES'] ?? 100_000);
const TALKERS = 8;
const SEARCHES = 60;
const FIELD = { role: 'searchbox', name: 'Words to find' };
const WORDS = 5_000;
const BAR_MS = 200;

export async function search(): Promise<Figure[]> {
  return await withSet(async (set) => {
    const crowd = await Crowd.join(set.server.url, 'library', TALKERS);
    const began = performance.now();
    await crowd.says(MESSAGES, sentence);
    tell(`${MESSAGES} messages stored in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    crowd.leaves();
    const page = await enters(set, 'library', 'ann');
    await page.press('f', 'Control', 'Shift');
    await until('the search is open', async () => await hasField(page));
    const took: number[] = [];
    for (let n = 0; n < SEARCHES; n += 1) {
      took.push(
        await looksFor(page, wanted(n)).catch(async (error) => {
          tell(`${wanted(n)}: ${await page.evaluate(() => document.querySelector('dialog')?.innerText.slice(0, 200))}`);
          throw error;
        }),
      );
    }
    const sorted = took.toSorted((a, b) => a - b);
    const spread = `p50 ${quantile(sorted, 0.5).toFixed(1)}, worst ${sorted.at(-1)?.toFixed(1)} of ${SEARCHES}`;
    return [one(`F2: search over ${MESSAGES} messages, p95`, most(BAR_MS), quantile(sorted, 0.95), spread)];
  });
}

/** Common words and rare ones, as a language has them: the k-th word is said k times less often than the first. */
function sentence(n: number): string {
  const word = (k: number) => `word${Math.floor(WORDS ** chance(8 * n + k))}`;
  return `${n}. ${[1, 2, 3, 4, 5, 6, 7, 8].map(word).join(' ')}`;
}

/** From 0 to 1, always the same for the same number. */
function chance(n: number): number {
  const mixed = Math.imul(n ^ (n >>> 15), 2_654_435_761);
  return (Math.imul(mixed ^ (mixed >>> 13), 2_246_822_519) >>> 0) / 2 ** 32;
}

/** No two in a row are the same, so that an answer can be told from the one before it. */
const SOUGHT = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610] as const;

/** Words of all frequencies, alone and two at a time. */
function wanted(n: number): string {
  const word = `word${SOUGHT[n % SOUGHT.length]}`;
  return n % 3 === 2 ? `${word} word4` : word;
}

async function hasField(page: Page): Promise<boolean> {
  return await page.evaluate((q) => globalThis.chinwagRig.find(q).length > 0, FIELD);
}

async function looksFor(page: Page, words: string): Promise<number> {
  await fill(page, FIELD, words);
  const shown = page.evaluate(() => {
    // The words that were found are marked: other words, other marks.
    const hits = () => document.querySelector('dialog .hit-text')?.closest('.hits')?.innerHTML ?? '';
    const before = hits();
    return globalThis.chinwagWatch.answers('keydown', () => hits() !== '' && hits() !== before);
  });
  await page.press('Enter');
  return await shown;
}
