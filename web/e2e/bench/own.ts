// One's own message: how soon it is seen, and whether it stays in its place.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '../rig/page.ts';
import { type Figure, most, ofMany, one } from './figures.ts';
import { enters, fill, MESSAGE, withSet } from './stage.ts';

const MESSAGES = 60;
/** Spread over a frame, so that keys do not fall into step with the drawing. */
const PAUSES_MS = [43, 51, 47, 55, 41, 49, 53, 45] as const;

export async function own(): Promise<Figure[]> {
  return await withSet(async (set) => {
    const page = await enters(set, 'own', 'ann');
    const said: Said[] = [];
    for (let n = 1; n <= MESSAGES; n += 1) {
      await sleep(PAUSES_MS[n % PAUSES_MS.length]);
      said.push(await says(page, `message ${n}.`));
    }
    const moved = Math.max(...said.map((each) => each.movedPx));
    return [
      ofMany(
        'own message: Enter to seen as pending',
        most(50),
        said.map((each) => each.pendingMs),
      ),
      one('own message: moved when acknowledged', most(0, 'px'), moved, `of ${MESSAGES} messages`),
    ];
  });
}

interface Said {
  readonly pendingMs: number;
  readonly movedPx: number;
}

async function says(page: Page, text: string): Promise<Said> {
  await fill(page, MESSAGE, text);
  const going = page.evaluate(async (wanted) => {
    const row = () =>
      [...document.querySelectorAll<HTMLElement>('[role=log] article')].findLast((one) =>
        one.innerText.includes(wanted),
      );
    const topOf = () => {
      const box = document.querySelector('[role=log]');
      return (row()?.getBoundingClientRect().top ?? 0) - (box?.getBoundingClientRect().bottom ?? 0);
    };
    const pendingMs = await globalThis.chinwagWatch.answers('keydown', () => row() !== undefined);
    const before = topOf();
    await globalThis.chinwagWatch.framed(() => row()?.getAttribute('aria-busy') === 'false');
    return { pendingMs, movedPx: Math.abs(topOf() - before) };
  }, text);
  await page.press('Enter');
  return await going;
}
