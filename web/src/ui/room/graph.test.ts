import { expect, test } from 'vitest';
import type { Trip } from '../../store/types.ts';
import { graphOf, HEIGHT, WIDTH } from './graph.ts';

const trips = (...all: readonly [at: number, ms: number][]): Trip[] =>
  all.map(([at, ms]) => ({ at, ms, transport: 'WebTransport' }));

test('one point is no line', () => {
  expect(graphOf([])).toBeNull();
  expect(graphOf(trips([5, 20]))).toBeNull();
});

test('the line lies within its frame, however slow an answer was', () => {
  const graph = graphOf(trips([1_000, 12], [4_000, 90_000], [8_000, 0], [9_000, 30]));
  expect(graph).toMatchObject({ least: 0, usual: 12, most: 90_000, spanMs: 8_000 });
  const numbers = [...(graph?.path ?? '').matchAll(/[ML](\S+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(numbers.length).toBe(4);
  for (const [x = -1, y = -1] of numbers) {
    expect(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT).toBe(true);
  }
});

test('where nothing was measured for long, the line is broken', () => {
  expect(graphOf(trips([0, 1], [3_000, 1], [60_000, 1], [63_000, 1]))?.path.match(/M/g)?.length).toBe(2);
});

test('a clock that was set back draws a line all the same', () => {
  expect(graphOf(trips([5_000, 1], [0, 1]))?.path).not.toContain('NaN');
});
