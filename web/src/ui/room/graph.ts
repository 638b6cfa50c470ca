// The round trips as a line. Pure: what was measured goes in, what to draw and what to say comes out.

import type { Trip } from '../../store/types.ts';

export interface Graph {
  /** An SVG path within WIDTH and HEIGHT; time goes from left to right in every language. */
  readonly path: string;
  /** How long all of it took, in milliseconds. */
  readonly spanMs: number;
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

export const WIDTH = 240;
export const HEIGHT = 48;
/** Room for the thickness of the line. */
const EDGE = 2;
/** A flat line of one millisecond is not to look like mountains. */
const LEAST_SCALE_MS = 20;
/** No answer for so long: the line is broken there. */
const BREAK_MS = 20_000;

/** Null where there is no line to draw. */
export function graphOf(trips: readonly Trip[]): Graph | null {
  const [first, last] = [trips[0], trips.at(-1)];
  if (first === undefined || last === undefined || trips.length < 2) {
    return null;
  }
  const sorted = trips.map(({ ms }) => ms).sort((a, b) => a - b);
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const spanMs = Math.max(1, last.at - first.at);
  const scale = Math.max(LEAST_SCALE_MS, most);
  const across = (at: number) => EDGE + ((at - first.at) / spanMs) * (WIDTH - 2 * EDGE);
  const down = (ms: number) => HEIGHT - EDGE - (ms / scale) * (HEIGHT - 2 * EDGE);
  let before = Number.NEGATIVE_INFINITY;
  const parts = trips.map(({ at, ms }) => {
    const stroke = at - before > BREAK_MS ? 'M' : 'L';
    before = at;
    return `${stroke}${across(at).toFixed(1)} ${down(ms).toFixed(1)}`;
  });
  return { path: parts.join(''), spanMs, least, usual: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, most };
}
