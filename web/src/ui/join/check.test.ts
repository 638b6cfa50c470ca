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
  expect(flawOf('👩🏽‍🚀'.repeat(17), '部'.repeat(64), LIMITS)).toBeNull();
  expect(flawOf('x'.repeat(32), 'x'.repeat(64), LIMITS)).toBeNull();
  expect(flawOf('x'.repeat(33), 'lobby', LIMITS)?.field).toBe('nick');
  expect(flawOf('ann', 'x'.repeat(65), LIMITS)?.field).toBe('room');
});

test('a name of few characters that take many bytes is told so, in bytes', () => {
  const family = '👨‍👩‍👧‍👦';
  expect(flawOf(family.repeat(10), 'lobby', LIMITS)).toBeNull();
  expect(flawOf(family.repeat(32), 'lobby', LIMITS)).toEqual({
    text: 'A display name has at most 256 bytes, and this one has 800: emoji and letters with many marks take many each.',
    field: 'nick',
    suggestions: [],
  });
  expect(flawOf('ann', family.repeat(21), LIMITS)).toMatchObject({
    field: 'room',
    text: expect.stringContaining('525'),
  });
});
