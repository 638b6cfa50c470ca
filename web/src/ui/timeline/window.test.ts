import { expect, test } from 'vitest';
import type { TimelineItem } from '../../store/types.ts';
import { adopt, CHUNK, EMPTY, type Span, shiftDown, shiftUp, TAIL, tailOf, WINDOW } from './window.ts';

const line = (n: number): TimelineItem => ({ kind: 'line', key: `k${n}`, at: n, text: '', event: { kind: 'notice' } });
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i));
const shown = (items: readonly TimelineItem[], span: Span) => items.slice(span.start, span.end).map((item) => item.key);

// L7
test('however many messages there are and however one scrolls, the document holds at most the window', () => {
  const count = 100_000;
  let span = tailOf(count);
  for (let i = 0; i < 2_000; i += 1) {
    span = i % 3 === 2 ? shiftDown(span, count) : shiftUp(span);
    expect(span.end - span.start).toBeLessThanOrEqual(WINDOW);
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(count);
  }
});

test('scrolling up and down again arrives at the end', () => {
  let span = tailOf(1_000);
  for (let i = 0; i < 50; i += 1) {
    span = shiftUp(span);
  }
  expect(span).toEqual({ start: 0, end: WINDOW });
  for (let i = 0; i < 50; i += 1) {
    span = shiftDown(span, 1_000);
  }
  expect(span.end).toBe(1_000);
});

// L5
test('older messages in front leave the same rows in the document', () => {
  const before = lines(100, 400);
  const after = lines(0, 400);
  const span = { start: 0, end: 200 };
  expect(shown(after, adopt(span, before, after, null))).toEqual(shown(before, span));
});

// A31, L4
test('new messages while one reads further up change no row that is shown', () => {
  const before = lines(0, 500);
  const after = lines(0, 520);
  expect(adopt({ start: 100, end: 400 }, before, after, null)).toEqual({ start: 100, end: 400 });
});

test('new messages come into the document when its end is the end of the timeline', () => {
  expect(adopt({ start: 400, end: 500 }, lines(0, 500), lines(0, 520), null)).toEqual({ start: 400, end: 520 });
});

// L21
test('while the view follows the end a flood keeps the window small', () => {
  let before = lines(0, 10);
  let span = adopt(EMPTY, [], before, TAIL);
  for (let n = 10; n < 3_000; n += 7) {
    const after = lines(0, n);
    span = adopt(span, before, after, TAIL);
    before = after;
    expect(span.end).toBe(after.length);
    expect(span.end - span.start).toBeLessThanOrEqual(2 * TAIL);
    expect(span.end - span.start).toBeGreaterThanOrEqual(Math.min(n, TAIL));
  }
});

// X12
test('a timeline that starts anew is shown from its end', () => {
  expect(adopt({ start: 0, end: 100 }, lines(0, 100), lines(9_000, 9_500), null)).toEqual(tailOf(500));
});

// R2
test('oldest items that are let go leave the same rows in the document', () => {
  const before = lines(0, 500);
  const after = lines(300, 510);
  expect(shown(after, adopt({ start: 350, end: 450 }, before, after, null))).toEqual(
    shown(before, { start: 350, end: 450 }),
  );
  expect(adopt({ start: 250, end: 450 }, before, after, null)).toEqual({ start: 0, end: 150 });
});

test('a timeline that shrinks below the window is shown from its end', () => {
  expect(adopt({ start: 50, end: 100 }, lines(0, 100), lines(0, 20), null)).toEqual(tailOf(20));
});

test('chunks fit into the window so that a shift never drops what is on the screen', () => {
  expect(CHUNK * 3).toBeLessThan(WINDOW);
});
