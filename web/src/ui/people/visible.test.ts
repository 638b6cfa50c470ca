import { expect, test } from 'vitest';
import { ROW_PX, visibleRows } from './visible.ts';

// P2
test('of 5,000 users at most 60 rows are in the document, and the view is always covered', () => {
  for (let top = 0; top <= 5_000 * ROW_PX; top += 777) {
    const { first, end } = visibleRows(5_000, top, { height: 700 });
    expect(end - first).toBeLessThanOrEqual(60);
    expect(first * ROW_PX).toBeLessThanOrEqual(Math.min(top, 5_000 * ROW_PX - 700));
    expect(end * ROW_PX).toBeGreaterThanOrEqual(Math.min(top + 700, 5_000 * ROW_PX));
  }
});

test('a short list is all there', () => {
  expect(visibleRows(5, 0, { height: 700 })).toEqual({ first: 0, end: 5 });
  expect(visibleRows(0, 99, { height: 700 })).toEqual({ first: 0, end: 0 });
});
