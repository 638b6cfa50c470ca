// A figure and its bar, and the table of all of them.

import { loadavg } from 'node:os';

export interface Bar {
  readonly is: 'at most' | 'at least';
  readonly value: number;
  readonly unit: string;
}

export interface Figure {
  readonly what: string;
  readonly bar: Bar;
  /** What is held against the bar. */
  readonly value: number;
  /** Of what it comes from. */
  readonly spread: string;
  /** How many programs wanted to run, in the minute before. */
  readonly load: number;
}

export function most(value: number, unit = 'ms'): Bar {
  return { is: 'at most', value, unit };
}

export function least(value: number, unit: string): Bar {
  return { is: 'at least', value, unit };
}

/** Of many samples: nine in ten must keep the bar. */
export function ofMany(what: string, bar: Bar, samples: readonly number[]): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  const [p50, p90, worst] = [quantile(sorted, 0.5), quantile(sorted, 0.9), sorted.at(-1) ?? Number.NaN];
  const spread = `p50 ${short(p50)}, p90 ${short(p90)}, worst ${short(worst)} of ${samples.length}`;
  return { ...one(what, bar, p90), spread };
}

export function one(what: string, bar: Bar, value: number, spread = ''): Figure {
  return { what, bar, value, spread, load: loadavg()[0] ?? 0 };
}

export function isMet({ bar, value }: Figure): boolean {
  return bar.is === 'at most' ? value <= bar.value : value >= bar.value;
}

/** The smallest value that at least this part of all does not exceed. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

const HEAD = ['what', 'bar', 'figure', 'met', 'load', 'spread'] as const;

/** As Markdown, so that it can be kept. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${figure.bar.is} ${short(figure.bar.value)} ${figure.bar.unit}`,
    `${short(figure.value)} ${figure.bar.unit}`,
    isMet(figure) ? 'yes' : 'NO',
    figure.load.toFixed(1),
    figure.spread,
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function short(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}
