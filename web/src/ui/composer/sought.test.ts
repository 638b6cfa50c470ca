import { expect, test } from 'vitest';
import type { Member } from '../../store/types.ts';
import { FakeChat } from '../testing/fake.ts';
import { peopleFor } from './people.ts';
import { soughtAt } from './sought.ts';

// C7
test.each([
  ['@', 'person', 0, ''],
  ['@an', 'person', 0, 'an'],
  ['hello @Ann L', 'person', 6, 'Ann L'],
  ['(@b', 'person', 1, 'b'],
  ['ship :tad', 'emoji', 5, 'tad'],
  ['(:tad', 'emoji', 1, 'tad'],
  ['/', 'command', 0, ''],
  ['/jo', 'command', 0, 'jo'],
  ['/msg an', 'addressee', 5, 'an'],
  ['/dm @an', 'addressee', 5, 'an'],
])('at the end of %j there is a %s', (text, kind, from, typed) => {
  expect(soughtAt(text, text.length)).toEqual({ kind, from, typed });
});

// C7
test.each([
  'ann@example',
  '@ann ',
  '@ ann',
  '@a\nb',
  ':t',
  '10:30',
  'a:tada',
  ':tada:',
  ' /jo',
  'x /jo',
  '/join d',
  '',
])('at the end of %j there is nothing to complete', (text) => {
  expect(soughtAt(text, text.length)).toBeNull();
});

// C7
test('it is the caret that counts, not the end of the text', () => {
  expect(soughtAt('@an and more', 3)).toEqual({ kind: 'person', from: 0, typed: 'an' });
  expect(soughtAt('@an and more', 0)).toBeNull();
  expect(soughtAt('/jo den', 2)).toEqual({ kind: 'command', from: 0, typed: 'j' });
});

// C7
test('in a long text only what is near the caret is looked at', () => {
  const text = `${'word '.repeat(200_000)}@an`;
  expect(soughtAt(text, text.length)).toEqual({ kind: 'person', from: 1_000_000, typed: 'an' });
  expect(soughtAt(`@${'x'.repeat(200)}`, 201)).toBeNull();
});

function crowd(...nicks: string[]) {
  const chat = new FakeChat();
  chat.enter('Lobby', 'Me', nicks);
  return chat;
}

function found(chat: FakeChat, typed: string, most = 8): string[] {
  const room = chat.room.value;
  return room === null ? [] : peopleFor(typed, room, most).map(({ nick }) => nick);
}

// C7
test('who spoke last stands first, then by name', () => {
  const chat = crowd('Zoe', 'Ann', 'Bob', 'Cid');
  expect(found(chat, '')).toEqual(['Ann', 'Bob', 'Cid', 'Zoe']);
  chat.says('Zoe', 'one');
  chat.says('Cid', 'two');
  expect(found(chat, '')).toEqual(['Cid', 'Zoe', 'Ann', 'Bob']);
  chat.says('Zoe', 'three');
  expect(found(chat, '')).toEqual(['Zoe', 'Cid', 'Ann', 'Bob']);
});

// C7, A8
test('a name is found by its beginning and by that of its words, whatever the capitals', () => {
  const chat = crowd('Chidi Okafor', 'Élise Martin', 'okra', 'Brook');
  expect(found(chat, 'OK')).toEqual(['okra', 'Chidi Okafor']);
  expect(found(chat, 'É')).toEqual(['Élise Martin']);
  expect(found(chat, 'élise m')).toEqual(['Élise Martin']);
  expect(found(chat, 'elise')).toEqual(['Élise Martin']);
  expect(found(chat, 'me')).toEqual([]);
});

// C7
test('of thousands the best few are offered, in order', () => {
  const members = Array.from({ length: 5_000 }, (_, i): Member => ({ id: i + 1, nick: `user ${i}`, away: false }));
  const reversed = { members: members.toReversed(), timeline: [], you: 1 };
  expect(peopleFor('user', reversed, 3).map(({ nick }) => nick)).toEqual(['user 1', 'user 10', 'user 100']);
});
