// A room that never sleeps. How much a whole day weighs, and how long it takes, is measured by `make bench-browser`.

import { expect, inject, test } from 'vitest';
import { Crowd } from './rig/crowd.ts';
import { type Person, stage } from './rig/index.ts';
import { weigh } from './rig/weighing.ts';

const set = stage('--rate', '1000', '--burst', '10000', '--filter', 'off');

const HEAP_MB = 60;
/** In either half: more than the timeline holds, so that it lets go of some in both. */
const HALF = 12_000;
/** At a time: the server hangs up on who is too far behind. */
const AT_ONCE = 1_000;
/** The list is longer at one moment than at another; what is kept for each message comes to much more. */
const NODES_MORE = HALF / 4;
const LISTENERS_MORE = HALF / 1_000;

// R2: Chromium alone tells what it holds.
test.runIf(inject('engine').startsWith('chromium'))(
  'R2: twenty-four thousand messages leave no listener and no node behind, and the heap small',
  async () => {
    const room = set.room();
    const ann = await set.member('ann', room);
    const crowd = await Crowd.join(set.server.url, room, 4);
    await hears(ann, crowd);
    const half = await weigh(ann.page);
    await hears(ann, crowd);
    const end = await weigh(ann.page);
    crowd.leaves();
    expect(end.listeners - half.listeners).toBeLessThanOrEqual(LISTENERS_MORE);
    expect(end.nodes - half.nodes).toBeLessThanOrEqual(NODES_MORE);
    expect(Math.max(half.heapMb, end.heapMb)).toBeLessThan(HEAP_MB);
  },
);

async function hears(ann: Person, crowd: Crowd): Promise<void> {
  for (let said = 0; said < HALF; said += AT_ONCE) {
    await crowd.says(AT_ONCE);
    await expect.poll(() => newest(ann)).toBeGreaterThan(crowd.said - AT_ONCE / 10);
  }
}

function newest(ann: Person): Promise<number> {
  return ann.page.evaluate(() => {
    const last = [...document.querySelectorAll('article')].at(-1)?.textContent ?? '';
    return Number(/message (\d+)\./.exec(last)?.[1] ?? 0);
  });
}
