import { expect, test } from 'vitest';
import { type Found, furtherStateOf, isStale, stateOf } from './state.ts';

const FOUND: Found = { kind: 'found', words: 'tea', query: { text: 'tea' }, hits: [], more: false, asking: false };

// F2
test('what was found for other words than those in the field is said to be so', () => {
  expect(stateOf(FOUND, 'tea ', true)).toBe('No results');
  expect(stateOf(FOUND, 'teapot', true)).toBe('Found for “tea”. Press Enter to search anew.');
  expect(isStale({ kind: 'searching' }, 'teapot')).toBe(false);
});

test('a search that waits for a connection says so', () => {
  expect(stateOf({ kind: 'searching' }, 'tea', true)).toBe('Searching…');
  expect(stateOf({ kind: 'searching' }, 'tea', false)).toBe('Not known while there is no connection');
});

test('older hits that wait for a connection are said to, and what was found stands', () => {
  const asking: Found = { ...FOUND, more: true, asking: true };
  expect(furtherStateOf({ ...asking, asking: false }, true)).toBe('');
  expect(furtherStateOf(asking, true)).toBe('Searching…');
  expect(furtherStateOf(asking, false)).toBe('Not known while there is no connection');
  expect(stateOf(asking, 'tea', false)).toBe('No results');
});
