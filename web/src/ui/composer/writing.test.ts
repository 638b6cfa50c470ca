import { expect, test } from 'vitest';
import type { Kept } from '../kept.ts';
import { FakeChat } from '../testing/fake.ts';
import { Writing } from './writing.ts';

function world() {
  const chat = new FakeChat();
  chat.latencyMs = 0;
  chat.enter('Lobby', 'Ann');
  const map = new Map<string, string>();
  const drafts: Kept = {
    recall: (key) => map.get(key) ?? null,
    keep: (key, value) => void (value ? map.set(key, value) : map.delete(key)),
  };
  const said: string[] = [];
  const around = { drafts, room: 'Lobby', say: (text: string) => void said.push(text) };
  return { chat, said, writing: new Writing(chat, around), again: () => new Writing(chat, around) };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.resolve();
  }
}

// A22
test('sending empties the field at once and keeps the text as written', () => {
  const { chat, writing } = world();
  writing.write('  a\n\tb ');
  expect(writing.submit(0)).toBe(true);
  expect(writing.text.value).toBe('');
  expect(chat.sent).toEqual([{ kind: 'text', body: '  a\n\tb ' }]);
});

// A22, A16, X7
test('a refusal says why and gives the text back before what was written since', async () => {
  const { chat, writing } = world();
  chat.answer = { kind: 'refused', text: 'Profanity is not allowed!' };
  writing.write('damn');
  writing.submit(0);
  writing.write('newer');
  await settled();
  expect(writing.problem.value).toBe('Profanity is not allowed!');
  expect(writing.text.value).toBe('damn\nnewer');
  chat.answer = { kind: 'sent' };
  writing.submit(0);
  expect(writing.problem.value).toBe('');
});

// X12
test('a failed message stays in the timeline and is told to a screen reader', async () => {
  const { chat, said, writing } = world();
  chat.answer = { kind: 'failed', text: 'No answer came.' };
  writing.write('hello');
  writing.submit(0);
  await settled();
  expect(said).toEqual(['No answer came.']);
  expect(writing.text.value).toBe('');
});

// C3, C6, X9
test('what is blank, too long or too soon is kept and not sent', () => {
  const { chat, writing } = world();
  chat.throttledUntil.value = 5_000;
  const cases: [string, number][] = [
    [' \n ', 9_000],
    ['x'.repeat(4_001), 9_000],
    ['too soon', 4_999],
  ];
  for (const [text, now] of cases) {
    writing.write(text);
    expect(writing.submit(now)).toBe(false);
    expect(writing.text.value).toBe(text);
  }
  expect(chat.sent).toEqual([]);
  expect(writing.submit(5_000)).toBe(true);
});

// C2
test('a draft is there after a reload, and gone once it is sent', () => {
  const { writing, again } = world();
  writing.write('half a thought');
  expect(again().text.value).toBe('half a thought');
  writing.submit(0);
  expect(again().text.value).toBe('');
});
