import { expect, test } from 'vitest';
import { type Mark, wrap } from './wrap.ts';

/** The selection stands between « and ». */
function pressed(marked: string, mark: Mark): string {
  const from = marked.indexOf('«');
  const to = marked.indexOf('»') - 1;
  const text = marked.replace(/[«»]/gu, '');
  const { from: start, to: end, insert, select } = wrap(text, from, to, mark);
  const after = text.slice(0, start) + insert + text.slice(end);
  return `${after.slice(0, select[0])}«${after.slice(select[0], select[1])}»${after.slice(select[1])}`;
}

// C9
test.each<[string, Mark, string]>([
  ['a «word» here', 'bold', 'a **«word»** here'],
  ['a «word» here', 'italic', 'a _«word»_ here'],
  ['a «word» here', 'code', 'a `«word»` here'],
  ['a «»', 'bold', 'a **«»**'],
  ['a «word »here', 'bold', 'a **«word»** here'],
  ['«one\ntwo»', 'code', '```\n«one\ntwo»\n```'],
  ['x «one\ntwo» y', 'code', 'x \n```\n«one\ntwo»\n```\n y'],
])('%j in %s is %j, and back again', (before, mark, after) => {
  expect(pressed(before, mark)).toBe(after);
});

// C9
test.each<[string, Mark, string]>([
  ['a **«word»** here', 'bold', 'a «word» here'],
  ['a «**word**» here', 'bold', 'a «word» here'],
  ['a «_word_» here', 'italic', 'a «word» here'],
  ['a **«»**', 'bold', 'a «»'],
  ['```\n«one\ntwo»\n```', 'code', '«one\ntwo»'],
])('the same key takes %j back: %s, %j', (before, mark, after) => {
  expect(pressed(before, mark)).toBe(after);
});

// C9
test('marks of different kinds nest', () => {
  expect(pressed(pressed('«word»', 'bold'), 'italic')).toBe('**_«word»_**');
});
