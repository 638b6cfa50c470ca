// A room with 10,000 messages: how soon it opens, and how much of it is in the document.

import { Crowd } from '../rig/crowd.ts';
import type { Page } from '../rig/page.ts';
import { type Figure, most, ofMany, one } from './figures.ts';
import { enters, fill, MESSAGE, tell, withSet } from './stage.ts';

const MESSAGES = 10_000;
/** Several people say them: the last one is not quite the highest number. */
const NEAR_END = MESSAGES - 100;
const TIMES = 10;
const WALK_WITHIN_MS = 60_000;

export async function many(): Promise<Figure[]> {
  return await withSet(async (set) => {
    const crowd = await Crowd.join(set.server.url, 'many', 8);
    await crowd.says(MESSAGES);
    const page = await enters(set, 'lobby', 'ann');
    const joined = await goes(page, '/join many', NEAR_END);
    const switched: number[] = [];
    for (let n = 0; n < TIMES; n += 1) {
      await goes(page, '/join lobby', 0);
      switched.push(await goes(page, '/join many', NEAR_END));
    }
    const rows = await walk(page);
    crowd.leaves();
    return [
      ofMany('10,000 messages: room opens, joined for the first time', most(200), [joined]),
      ofMany('10,000 messages: room opens, switched to', most(200), switched),
      one('10,000 messages: rows in the document, at most, while all are scrolled through', most(400, 'rows'), rows),
    ];
  });
}

/** To another room by the command for it; milliseconds from Enter to its newest message, 0 for a room without one. */
async function goes(page: Page, command: string, last: number): Promise<number> {
  await fill(page, MESSAGE, command);
  const shown = page.evaluate(
    (n) =>
      globalThis.chinwagWatch.answers('keydown', () => {
        const newest = globalThis.chinwagWatch.newest();
        return n === 0 ? newest === 0 : newest >= n;
      }),
    last,
  );
  await page.press('Enter');
  return await shown;
}

/** Scrolls up to the beginning of the room; answers the most rows that were in the document. */
async function walk(page: Page): Promise<number> {
  const began = performance.now();
  const rows = await page.evaluate(async (patience) => {
    let most = 0;
    const until = performance.now() + patience;
    while (document.querySelector('[role=log] .beginning') === null && performance.now() < until) {
      globalThis.chinwagRig.scroller()?.scrollTo({ top: 0, behavior: 'instant' });
      await new Promise((resolve) => requestAnimationFrame(resolve));
      most = Math.max(most, globalThis.chinwagWatch.rows());
    }
    return document.querySelector('[role=log] .beginning') === null ? Number.NaN : most;
  }, WALK_WITHIN_MS);
  tell(`scrolled through ${MESSAGES} messages in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return rows;
}
