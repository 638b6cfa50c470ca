import { expect, test } from 'vitest';
import { kept } from '../kept.ts';
import { mayHoldShortcodes, replaceShortcodes } from './shortcodes.ts';
import { step } from './steps.ts';
import { CATEGORIES, emojiByCode, emojiIn, searchEmoji } from './table.ts';
import { inTone, keepRecent, keepTone, recallTone, recentEmoji, TONES } from './taste.ts';

// Not a literal, because the compiler's target does not know it yet.
const PATTERN = '^\\p{RGI_Emoji}$';
const RGI = new RegExp(PATTERN, 'v');
const all = CATEGORIES.flatMap(emojiIn);

function memory() {
  const map = new Map<string, string>();
  const storage = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
  return kept(() => storage as unknown as Storage);
}

// L17
test('every emoji that can be picked is one that the server takes as a reaction, in every tone', () => {
  expect(all.length).toBeGreaterThan(1_800);
  const wrong = all.flatMap(({ character, toned }) =>
    (toned ? TONES : ([0] as const)).map((tone) => inTone(character, tone)).filter((shown) => !RGI.test(shown)),
  );
  expect(wrong).toEqual([]);
});

// L17
test('no category is empty and none is known twice', () => {
  for (const category of CATEGORIES) {
    expect(emojiIn(category).length).toBeGreaterThan(50);
  }
  expect(new Set(all.map(({ character }) => character)).size).toBe(all.length);
  expect(emojiIn('flags').map(({ character }) => character)).toContain('🇩🇪');
  expect(emojiIn('smileys')[0]?.character).toBe('😀');
});

// C7
test.each([
  ['tada', '🎉'],
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['heart', '❤️'],
  ['smile', '😄'],
  ['TADA', '🎉'],
])('%s is %s', (code, character) => {
  expect(emojiByCode(code)?.character).toBe(character);
});

// C7
test.each([
  ['tada', '🎉'],
  ['party pop', '🎉'],
  ['hea', '❤️'],
  ['thumbs', '👍'],
  ['germany', '🇩🇪'],
])('%s finds %s near the top', (text, character) => {
  const found = searchEmoji(text, 8).map((emoji) => emoji.character);
  expect(found).toContain(character);
  expect(found.length).toBeLessThanOrEqual(8);
});

// C7
test('what is no emoji finds none', () => {
  expect(searchEmoji('zzzzqq', 8)).toEqual([]);
  expect(searchEmoji(' ', 8)).toEqual([]);
  expect(searchEmoji('party zzzzqq', 8)).toEqual([]);
});

// C7
test.each([
  ['ship it :tada:', 'ship it 🎉'],
  [':tada::tada:', '🎉🎉'],
  ['at 10:30:45', 'at 10:30:45'],
  [':nosuchthing:', ':nosuchthing:'],
  ['`:tada:` is :tada:', '`:tada:` is 🎉'],
  ['``a ` :tada:`` :tada:', '``a ` :tada:`` 🎉'],
  ['```\n:tada:\n```\n:tada:', '```\n:tada:\n```\n🎉'],
  ['```\n:tada:', '```\n:tada:'],
  ['a ` alone :tada:', 'a ` alone 🎉'],
])('%j is sent as %j', (text, sent) => {
  expect(replaceShortcodes(text, emojiByCode)).toBe(sent);
});

// C7
test('a long paste without shortcodes is left alone', () => {
  expect(mayHoldShortcodes('a: b, c: d')).toBe(false);
  expect(mayHoldShortcodes('x :tada:')).toBe(true);
  const text = '`: '.repeat(30_000);
  expect(replaceShortcodes(text, emojiByCode)).toBe(text);
});

// L17
test('what was used last stands first, once, and no more than fits', () => {
  const store = memory();
  for (const { character } of all.slice(0, 30)) {
    keepRecent(store, character);
  }
  keepRecent(store, '🎉');
  keepRecent(store, '👍');
  keepRecent(store, '🎉');
  const recent = recentEmoji(store);
  expect(recent.slice(0, 2)).toEqual(['🎉', '👍']);
  expect(recent.length).toBe(24);
  expect(new Set(recent).size).toBe(24);
});

test('a tone is kept, and nonsense is the usual yellow', () => {
  const store = memory();
  keepTone(store, 3);
  expect(recallTone(store)).toBe(3);
  store.keep('chinwag.emoji.tone', '9');
  expect(recallTone(store)).toBe(0);
  expect(inTone('✌️', 1)).toBe('✌🏻');
  expect(inTone('👋', 5)).toBe('👋🏿');
});

// L17
test.each([
  ['ArrowRight', 3, 4],
  ['ArrowRight', 19, 19],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 3, 11],
  ['ArrowDown', 14, 19],
  ['ArrowDown', 17, 17],
  ['ArrowUp', 9, 1],
  ['ArrowUp', 7, -1],
  ['Home', 9, 0],
  ['End', 9, 19],
  ['x', 9, null],
])('%s from %d leads to %s', (key, at, next) => {
  expect(step(key, at, { count: 20, columns: 8, rtl: false })).toBe(next);
});

// T2
test('left and right are what is seen, also from right to left', () => {
  expect(step('ArrowLeft', 3, { count: 20, columns: 8, rtl: true })).toBe(4);
});
