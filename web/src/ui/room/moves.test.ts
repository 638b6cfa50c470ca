import { expect, test } from 'vitest';
import type { Move } from '../../store/types.ts';
import { lasted, reasonOf, routeOf } from './moves.ts';

const MOVE: Move = { at: 0, from: 'WebTransport', to: 'WebSocket', reason: 'Stalled', gapMs: 1_240, failures: 0 };

test('a move is told by its way, its reason and what it cost', () => {
  expect([routeOf(MOVE), reasonOf(MOVE), lasted(MOVE)]).toEqual([
    'WebTransport → WebSocket',
    'UDP stopped answering',
    'back in 1.2 s',
  ]);
});

test('a new connection of the same kind is called that', () => {
  expect(routeOf({ ...MOVE, to: 'WebTransport' })).toBe('WebTransport, anew');
});

test('silence over WebSocket is not blamed on UDP', () => {
  expect(reasonOf({ ...MOVE, from: 'WebSocket' })).toBe('Nothing came any more');
});

test.each([
  [40, 'no pause'],
  [9_940, 'back in 9.9 s'],
  [14_600, 'back in 15 s'],
  [200_000, 'back in 3 min'],
  [26_600_000, 'back in 7 h'],
])('a gap of %i ms is told as "%s"', (gapMs, words) => {
  expect(lasted({ ...MOVE, gapMs })).toBe(words);
});
