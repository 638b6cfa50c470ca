import { expect, test } from 'vitest';
import { flawOf } from './check.ts';

const LIMITS = { nickGraphemes: 32, roomGraphemes: 64 };

// A9, J1
test('an empty name or room is said first, and the first empty field is the bad one', () => {
  const text = 'Username and room are required!';
  expect(flawOf('', '', LIMITS)).toEqual({ text, field: 'nick', suggestions: [] });
  expect(flawOf('ann', '', LIMITS)).toEqual({ text, field: 'room', suggestions: [] });
  expect(flawOf('', 'x'.repeat(99), LIMITS)).toMatchObject({ text, field: 'nick' });
});

// J1
test('length is counted in what people call characters', () => {
  expect(flawOf('👩🏽‍🚀'.repeat(32), '部'.repeat(64), LIMITS)).toBeNull();
  expect(flawOf('x'.repeat(33), 'lobby', LIMITS)?.field).toBe('nick');
  expect(flawOf('ann', 'x'.repeat(65), LIMITS)?.field).toBe('room');
});
