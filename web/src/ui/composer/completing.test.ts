import { expect, test } from 'vitest';
import { emojiTable, loadEmoji } from '../emoji/load.ts';
import { FakeChat } from '../testing/fake.ts';
import { type Choice, Completing } from './completing.ts';

function offered(choices: readonly Choice[]): string[] {
  return choices.map((choice) => {
    return choice.kind === 'person' ? choice.nick : choice.kind === 'emoji' ? choice.character : choice.name;
  });
}

function world(...nicks: string[]) {
  const chat = new FakeChat();
  chat.enter('Lobby', 'Me', nicks);
  const completing = new Completing(chat);
  const type = (text: string) => {
    completing.written(text, text.length);
    return offered(completing.choices.value);
  };
  return { chat, completing, type };
}

// C7
test('arrows go round, and the marked one is written with a space behind it', () => {
  const { completing, type } = world('Ann', 'Anna Karenina', 'Bob');
  expect(type('hello @an')).toEqual(['Ann', 'Anna Karenina']);
  expect(completing.chosen()).toEqual({ from: 6, to: 9, insert: '@Ann ' });
  completing.step(1);
  expect(completing.chosen()).toEqual({ from: 6, to: 9, insert: '@Anna Karenina ' });
  completing.step(1);
  expect(completing.at.value).toBe(0);
  completing.step(-1);
  expect(completing.at.value).toBe(1);
  expect(completing.chosen(0)?.insert).toBe('@Ann ');
});

// C7
test('Escape closes the list for this word, and another word opens it again', () => {
  const { completing, type } = world('Ann', 'Bob');
  type('@a');
  completing.dismiss();
  expect(completing.choices.value).toEqual([]);
  expect(type('@an')).toEqual([]);
  expect(type('@an and @b')).toEqual(['Bob']);
  expect(type('@an')).toEqual(['Ann']);
});

// C7
test('the list opens by writing, and closes when the caret leaves', () => {
  const { completing, type } = world('Ann');
  completing.moved('@an', 3);
  expect(completing.choices.value).toEqual([]);
  type('hi @an');
  completing.moved('hi @an', 1);
  expect(completing.choices.value).toEqual([]);
});

// C7
test('Enter belongs to the list unless what is written is whole', () => {
  const { completing, type } = world('Ann', 'Anna');
  type('@an');
  expect(completing.wantsEnter()).toBe(true);
  type('@ann');
  expect(completing.wantsEnter()).toBe(false);
  completing.step(1);
  expect(completing.wantsEnter()).toBe(true);
  type('nothing here');
  expect(completing.wantsEnter()).toBe(false);
  type('/who');
  expect(completing.wantsEnter()).toBe(false);
  type('/wh');
  expect(completing.wantsEnter()).toBe(true);
});

// C7
test('commands are offered by their beginning; those that need no more are whole', () => {
  const { completing, type } = world();
  expect(type('/')).toContain('help');
  expect(type('/l')).toEqual(['location', 'leave']);
  expect(completing.chosen()?.insert).toBe('/location');
  expect(type('/J')).toEqual(['join']);
  expect(completing.chosen()).toEqual({ from: 0, to: 2, insert: '/join ' });
});

// C7
test('a private message is addressed without a sign', () => {
  const { completing, type } = world('Ann');
  expect(type('/msg a')).toEqual(['Ann']);
  expect(completing.chosen()).toEqual({ from: 5, to: 6, insert: 'Ann ' });
});

// C7
test('emoji are offered as soon as their table has come', async () => {
  const { completing, type } = world();
  type('ship it :tad');
  await loadEmoji();
  await Promise.resolve();
  expect(emojiTable()).not.toBeNull();
  expect(offered(completing.choices.value)[0]).toBe('🎉');
  expect(completing.chosen()).toEqual({ from: 8, to: 12, insert: '🎉 ' });
  expect(type('ship it :zzzzqq')).toEqual([]);
});
