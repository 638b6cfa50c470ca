import { expect, test } from 'vitest';
import { plain } from './words.ts';

test.each([
  ['two\nlines\r\n\tand more', 'two lines and more'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['a\u202Egnp.exe', 'agnp.exe'],
  ['\u2066\u2067\u200Fabc\u2069', 'abc'],
  ['a\u0000b\u0007c\u2028d', 'a b c d'],
  ['he\u200Bllo\uFEFF', 'hello'],
  ['👩\u200D👩\u200D👧 ok', '👩\u200D👩\u200D👧 ok'],
  [`z${'\u0301'.repeat(50)}algo`, `z${'\u0301'.repeat(4)}algo`],
  ['the murderer is ||the gardener||, of course', 'the murderer is ▒▒▒, of course'],
  ['', ''],
])('%j becomes one plain line', (text, line) => {
  expect(plain(text)).toBe(line);
});

test('a long text is cut between characters', () => {
  expect(plain('👍'.repeat(300))).toBe(`${'👍'.repeat(199)}…`);
  expect(plain('word '.repeat(100_000)).length).toBeLessThanOrEqual(200);
});
