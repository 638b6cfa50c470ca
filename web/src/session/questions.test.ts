import { expect, test } from 'vitest';
import { type Question, Questions } from './questions.ts';

const look = (seq: number): Question => ({ kind: 'Look', seqs: [seq] });
const SEARCH: Question = { kind: 'Search', text: 'x', from: null, after: null, before: null, below: 9, limit: 9 };
const LATER = { code: 'Busy', text: 'later', retry: true, retryAfterMs: 2_000 } as const;
const NEVER = { code: 'Blank', text: 'no', retry: false, retryAfterMs: 0 } as const;

test('one is asked at a time, in the order of asking', () => {
  const questions = new Questions();
  questions.ask({ ask: 1, question: look(1) });
  questions.ask({ ask: 2, question: SEARCH });
  expect(questions.due(0)).toEqual(look(1));
  expect(questions.due(0)).toBeNull();
  expect(questions.answered('Look')?.ask).toBe(1);
  expect(questions.due(0)).toEqual(SEARCH);
});

test('an answer that nobody waits for is nobody’s', () => {
  const questions = new Questions();
  questions.ask({ ask: 1, question: look(1) });
  expect(questions.answered('Look')).toBeNull();
  questions.due(0);
  expect(questions.answered('Search')).toBeNull();
});

test('what is not for now is asked again after the wait, what is refused is given up', () => {
  const questions = new Questions();
  questions.ask({ ask: 1, question: look(1) });
  questions.due(0);
  expect(questions.refused(LATER, 100)).toBeNull();
  expect([questions.due(2_099), questions.deadline]).toEqual([null, 2_100]);
  expect(questions.due(2_100)).toEqual(look(1));
  expect(questions.refused(NEVER, 2_200)?.ask).toBe(1);
  expect([questions.due(9_000), questions.deadline]).toEqual([null, null]);
});

test('a new lane is asked again what the old one did not answer', () => {
  const questions = new Questions();
  questions.ask({ ask: 1, question: look(1) });
  questions.due(0);
  questions.laneLost();
  expect(questions.due(0)).toEqual(look(1));
  expect(questions.clear().map(({ ask }) => ask)).toEqual([1]);
});

test('of too many the oldest that waits is given up', () => {
  const questions = new Questions();
  const given = Array.from({ length: 34 }, (_, n) => questions.ask({ ask: n, question: look(n) })).flat();
  expect(given.map(({ ask }) => ask)).toEqual([1, 2]);
});
