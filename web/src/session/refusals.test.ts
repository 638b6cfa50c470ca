import { expect, test } from 'vitest';
import type { Refusal } from '../wire/protocol.ts';
import { refusalOf, sentenceFor } from './refusals.ts';

const TOPIC = { kind: 'Topic', text: 'x'.repeat(201) } as const;
const TEXT = { kind: 'Text', body: 'x'.repeat(4_001), reply: null } as const;
const TOO_LONG: Refusal = {
  code: 'TooLong',
  text: 'A message has at most 4000 characters.',
  retry: false,
  retryAfterMs: 0,
};

// A23
test('a topic that is refused is told of as a topic, with its own limit', () => {
  const said = { code: 'TopicTooLong', text: 'A topic has at most 200 characters.' };
  expect(refusalOf(TOO_LONG, TOPIC)).toEqual(said);
  expect(sentenceFor('TooLong', TOPIC)).toEqual(said);
  expect(refusalOf({ ...TOO_LONG, code: 'Unprintable' }, TOPIC).text).toMatch(/^A topic is one line/u);
});

test('a message that is refused is told of in the server’s words', () => {
  expect(refusalOf(TOO_LONG, TEXT)).toEqual({ code: 'TooLong', text: 'A message has at most 4000 characters.' });
  expect(refusalOf({ ...TOO_LONG, code: 'Profanity', text: 'No.' }, TOPIC)).toEqual({ code: 'Profanity', text: 'No.' });
});
