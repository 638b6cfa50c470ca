import { expect, test } from 'vitest';
import { counted, NEW_MESSAGES, plural } from './ar/grammar.ts';
import { arabic } from './ar/index.ts';
import { english } from './en/index.ts';
import { directionOf, LANGUAGES, languageFor, localeFor } from './locale.ts';

// T2
test('the language is the first of the reader’s that there is, and English without one', () => {
  expect(languageFor(['de-CH', 'ar-EG', 'en'])).toBe('ar');
  expect(languageFor(['en-GB', 'ar'])).toBe('en');
  expect(languageFor(['arn', 'fr'])).toBe('en');
  expect(localeFor('en', ['de', 'en-GB'])).toBe('en-GB');
  expect(localeFor('ar', ['de'])).toBe('ar');
  expect(LANGUAGES.map(directionOf)).toEqual(['ltr', 'rtl']);
});

// T2
test('no word stands there untranslated or empty', () => {
  const same = new Set(['product']);
  const theirs = new Map(leaves(arabic));
  for (const [path, word] of leaves(english)) {
    const area = path.split('.').slice(0, 2).join('.');
    if (!same.has(path) && area !== 'settings.languages' && area !== 'shortcuts.keys') {
      expect(theirs.get(path), path).not.toBe(word);
      expect(theirs.get(path), path).toMatch(/\p{Script=Arabic}/u);
    }
  }
});

// T5
test('Arabic has six plurals, and says one and two without a figure', () => {
  const counts = [0, 1, 2, 3, 11, 100];
  expect(counts.map(plural)).toEqual(['zero', 'one', 'two', 'few', 'many', 'other']);
  const said = counts.map((count) => counted(count, { ...NEW_MESSAGES, other: 'x #' }));
  expect(new Set(said).size).toBe(counts.length);
  expect(said[1]).toBe('رسالة جديدة واحدة');
  expect(said[2]).toBe('رسالتان جديدتان');
});

// T5
test('English says one of a thing in the singular', () => {
  expect(english.room.userCount(1)).toBe('1 user');
  expect(english.room.userCount(2)).toBe('2 users');
});

test('a name keeps its own direction in a sentence, and stands bare where nothing can turn', () => {
  expect(english.typing(['ann', 'bob'])).toBe('ann and bob are typing…');
  expect(english.typing(['سارة'])).toBe('\u2068سارة\u2069 is typing…');
  expect(arabic.typing(['ann'])).toBe('يكتب الآن \u2068ann\u2069…');
});

test('no module keeps words from before the language changed', () => {
  const sources = import.meta.glob('../**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
  const kept = Object.entries(sources).filter(([, text]) => /^(?:export )?const [^=]*= strings\b/mu.test(String(text)));
  expect(Object.keys(sources).length).toBeGreaterThan(20);
  expect(kept.map(([path]) => path)).toEqual([]);
});

/** Every sentence without a blank to fill in, by its path. */
function leaves(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') {
      return [[at, value]];
    }
    return typeof value === 'object' && value !== null ? leaves(value, at) : [];
  });
}
