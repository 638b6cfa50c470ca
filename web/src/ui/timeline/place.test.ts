import { expect, test } from 'vitest';
import { isNearEnd, isTorrent, movedByHand, rowsAtEnd, wantsAbove, wantsBelow, wantsOlder } from './place.ts';

const at = (scrollTop: number) => ({ scrollTop, scrollHeight: 5_000, clientHeight: 600 });

// A31, L4
test('within 100 px of the end the view follows, further up it does not', () => {
  expect(isNearEnd(at(4_400))).toBe(true);
  expect(isNearEnd(at(4_300))).toBe(true);
  expect(isNearEnd(at(4_299))).toBe(false);
});

// A31
test('a timeline shorter than the view is at its end', () => {
  expect(isNearEnd({ scrollTop: 0, scrollHeight: 300, clientHeight: 600 })).toBe(true);
});

// A31, B2
test('a view that moved because its box changed was not moved by hand', () => {
  expect(movedByHand(at(4_400), at(4_300), true)).toBe(true);
  expect(movedByHand(at(4_400), { ...at(4_352), clientHeight: 480 }, true)).toBe(false);
  expect(movedByHand(at(3_400), { ...at(3_352), scrollHeight: 9_000 }, false)).toBe(true);
  expect(movedByHand(at(4_400), at(4_400.4), true)).toBe(false);
});

// L6
test('older entries are asked for one view before the top', () => {
  expect(wantsOlder(at(599))).toBe(true);
  expect(wantsOlder(at(600))).toBe(false);
});

test('in the middle no rows are wanted on either side', () => {
  expect([wantsAbove(at(2_000)), wantsBelow(at(2_000))]).toEqual([false, false]);
  expect([wantsAbove(at(100)), wantsBelow(at(4_300))]).toEqual([true, true]);
});

// L6, L21
test('what is kept at the end leaves nothing wanted above it; in a torrent it fills the view', () => {
  for (const clientHeight of [200, 600, 1_100, 2_400]) {
    const high = rowsAtEnd(clientHeight, false) * 22;
    expect(wantsAbove({ scrollTop: high - clientHeight, scrollHeight: high, clientHeight })).toBe(false);
    expect(rowsAtEnd(clientHeight, true) * 22).toBeGreaterThan(clientHeight);
  }
  expect([isTorrent(600, 20), isTorrent(600, 60)]).toEqual([false, true]);
});
