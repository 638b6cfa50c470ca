// What a fault came to, as the line that the lab takes (tests/faults/table.rs).

import { loadavg } from 'node:os';

/** The same numbers as the lab's own rows have. */
export interface Verdict {
  readonly sessions: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  /** The longest time without progress while messages were written, in milliseconds. */
  readonly gapMs: number;
}

export interface Told {
  /** What was done, and what else was measured. */
  readonly done: string;
  readonly verdict: Verdict;
  /** Each bar that was missed. */
  readonly wrong: readonly string[];
}

export const NOTHING: Verdict = { sessions: 0, acknowledged: 0, lost: 0, doubled: 0, reordered: 0, gapMs: 0 };

export function sum(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (all, one) => ({
      sessions: all.sessions + one.sessions,
      acknowledged: all.acknowledged + one.acknowledged,
      lost: all.lost + one.lost,
      doubled: all.doubled + one.doubled,
      reordered: all.reordered + one.reordered,
      gapMs: Math.max(all.gapMs, one.gapMs),
    }),
    NOTHING,
  );
}

export function measured({ done, verdict, wrong }: Told): string {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return line(wrong.length === 0 ? 'measured' : 'wrong', `${done}; load ${load}`, verdict, wrong.join(', '));
}

export function failed(reason: string): string {
  return line('failed', '', NOTHING, reason);
}

function line(kind: string, done: string, verdict: Verdict, text: string): string {
  const { sessions, acknowledged, lost, doubled, reordered, gapMs } = verdict;
  const numbers = [sessions, acknowledged, lost, doubled, reordered, Math.round(gapMs)].map(String);
  const plain = (words: string): string => words.replaceAll(/[\n\t|]/g, ' ');
  // The lab knows the fault's title.
  return `${['faults-row', kind, 'browser', plain(done), ...numbers, plain(text)].join('\t')}\n`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
