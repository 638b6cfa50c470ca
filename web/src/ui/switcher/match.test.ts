import { expect, test } from 'vitest';
import { scoreOf } from './match.ts';

// F1
test('letters in their order are enough, and what stands together at the beginning of a word comes first', () => {
  const names = ['General', 'garden club', 'design', 'generative art', 'Frage'];
  const best = (typed: string) =>
    names
      .flatMap((name) => {
        const score = scoreOf(typed, name);
        return score === null ? [] : [{ name, score }];
      })
      .sort((a, b) => b.score - a.score)
      .map(({ name }) => name);
  expect(best('gen')).toEqual(['General', 'generative art', 'garden club']);
  expect(best('club')).toEqual(['garden club']);
  expect(best('dsg')).toEqual(['design']);
  expect(best('xyz')).toEqual([]);
  expect(best('')).toEqual(names);
});

// F1
test('accents and capitals do not matter', () => {
  expect(scoreOf('elise', 'Élise Martin')).not.toBeNull();
  expect(scoreOf('ÜBER', 'über')).not.toBeNull();
});
