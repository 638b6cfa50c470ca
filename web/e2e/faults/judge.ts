// What pages showed, held against the history that somebody read who was never there. Every number is counted.

import type { Shown } from './inside.ts';
import type { Line } from './outsider.ts';
import type { Verdict } from './row.ts';

const MARK = /message (\d+)\./;

export interface Watched {
  /**
   * Confirmed messages as they came into the document, this page's own among them. Not all: whoever was away for long
   * gets the newest page first.
   */
  readonly shown: readonly Shown[];
  /** The whole timeline from the top to the bottom, read at the end. */
  readonly timeline: readonly number[];
}

type Counts = Pick<Verdict, 'lost' | 'doubled' | 'reordered'>;

/** `written` messages with the numbers 1, 2, 3, ... were handed in, in this order. */
export function judge(written: number, history: readonly Line[], pages: readonly Watched[]): Counts {
  const kept = history.map(({ text }) => Number(MARK.exec(text)?.[1] ?? Number.NaN));
  const all = Array.from({ length: written }, (_, index) => index + 1);
  const counts = [
    compared(all, kept),
    ...pages.map(({ timeline }) => compared(kept, timeline)),
    ...pages.map(({ shown }) => ({
      ...compared(
        kept,
        shown.map(({ n }) => n),
      ),
      lost: 0,
    })),
  ];
  const places = history.filter(({ seq }, index) => seq !== index + 1).length;
  return {
    lost: total(counts, ({ lost }) => lost),
    doubled: total(counts, ({ doubled }) => doubled),
    reordered: places + total(counts, ({ reordered }) => reordered),
  };
}

/** What is missing, there twice, or stands behind one that comes after it. Numbers that nobody wrote are reordered. */
export function compared(wanted: readonly number[], found: readonly number[]): Counts {
  const places = new Map(wanted.map((n, place) => [n, place]));
  const there = new Set(found);
  let [reordered, last] = [0, -1];
  for (const n of found) {
    const place = places.get(n) ?? -1;
    reordered += place < last || place === -1 ? 1 : 0;
    last = Math.max(last, place);
  }
  return {
    lost: wanted.filter((n) => !there.has(n)).length,
    doubled: found.length - there.size,
    reordered,
  };
}

/** The longest time between two events of progress. */
export function longestGap(shown: readonly Shown[]): { readonly ms: number; readonly from: number } {
  let longest = { ms: 0, from: 0 };
  for (const [index, { at }] of shown.entries()) {
    const before = shown[index - 1]?.at ?? at;
    longest = at - before > longest.ms ? { ms: at - before, from: before } : longest;
  }
  return longest;
}

function total(counts: readonly Counts[], of: (counts: Counts) => number): number {
  return counts.reduce((sum, one) => sum + of(one), 0);
}
