// A day of a room where ten people speak every second, in as few minutes as it takes: what the page weighs, and whether it
// gains weight.

import { Crowd } from '../rig/crowd.ts';
import { type Weight, weigh } from '../rig/weighing.ts';
import { type Figure, most, one } from './figures.ts';
import { enters, tell, until, withSet } from './stage.ts';

/** 24 hours at 10 a second. */
const MESSAGES = Number(process.env['BENCH_SOAK_MESSAGES'] ?? 864_000);
const TALKERS = 8;
/** As many as the page may be behind: the server hangs up on who is too slow. */
const AT_ONCE = 2_500;
const WEIGHINGS = 8;

export async function soak(): Promise<Figure[]> {
  return await withSet(async (set) => {
    const page = await enters(set, 'soak', 'ann');
    const crowd = await Crowd.join(set.server.url, 'soak', TALKERS);
    const weights: Weight[] = [];
    const began = performance.now();
    for (let part = 1; part <= WEIGHINGS; part += 1) {
      while (crowd.said < (part * MESSAGES) / WEIGHINGS) {
        await crowd.says(AT_ONCE);
        await until(
          `message ${crowd.said}`,
          async () => (await page.evaluate(() => globalThis.chinwagWatch.newest())) > crowd.said - AT_ONCE / 10,
        );
      }
      const weight = await weigh(page);
      weights.push(weight);
      const { heapMb, nodes, listeners } = weight;
      tell(`after ${crowd.said}: ${heapMb.toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners`);
    }
    const minutes = (performance.now() - began) / 60_000;
    crowd.leaves();
    return judged(weights, `${MESSAGES} messages in ${minutes.toFixed(1)} minutes`);
  });
}

function judged(weights: readonly Weight[], how: string): Figure[] {
  const [first, last] = [weights[0], weights.at(-1)];
  const heap = Math.max(...weights.map(({ heapMb }) => heapMb));
  const more = (of: (weight: Weight) => number) =>
    first === undefined || last === undefined ? Number.NaN : of(last) - of(first);
  return [
    one('R2: 24 hours at 10 messages a second: heap, at most', most(60, 'MB'), heap, how),
    one(
      'R2: listeners more at the end than after an eighth',
      most(0, 'more'),
      more((weight) => weight.listeners),
    ),
    one(
      'R2: nodes more at the end than after an eighth',
      most(100, 'more'),
      more((weight) => weight.nodes),
    ),
  ];
}
