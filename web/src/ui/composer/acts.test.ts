import { expect, test } from 'vitest';
import { strings } from '../strings.ts';
import { FakeChat } from '../testing/fake.ts';
import { perform } from './acts.ts';
import { parseLine } from './commands.ts';

function world() {
  const chat = new FakeChat();
  chat.latencyMs = 0;
  chat.enter('Lobby', 'Ann', ['Bob', 'Bob Lee']);
  const asked: string[] = [];
  const acts = {
    join: (room: string) => {
      asked.push(`join ${room}`);
      return Promise.resolve(null);
    },
    leave: () => void asked.push('leave'),
    people: () => void asked.push('people'),
    search: (words: string) => void asked.push(`search ${words}`),
    help: () => void asked.push('help'),
    locate: () => void asked.push('locate'),
  };
  const run = async (text: string) => {
    const line = parseLine(text);
    return line.kind === 'command' ? perform(line.command, chat, acts) : `${text} is no command`;
  };
  return { chat, asked, run };
}

// C7
test('what concerns the page is asked of the page', async () => {
  const { asked, run } = world();
  for (const text of ['/join den', '/leave', '/who', '/search ferry', '/help', '/location']) {
    expect(await run(text)).toBeNull();
  }
  expect(asked).toEqual(['join den', 'leave', 'people', 'search ferry', 'help', 'locate']);
});

// C7
test('a name and a topic are set in the open room, and a refusal says why', async () => {
  const { chat, run } = world();
  expect(await run('/nick Anna')).toBeNull();
  expect(chat.room.value?.nick).toBe('Anna');
  expect(await run('/topic Boats')).toBeNull();
  expect(chat.room.value?.topic).toBe('Boats');
  expect(await run('/topic -')).toBeNull();
  expect(chat.room.value?.topic).toBe('');
  chat.answer = { kind: 'refused', text: 'Profanity is not allowed!' };
  expect(await run('/topic damn')).toBe('Profanity is not allowed!');
});

// C7
test('a private message opens the room of the two and says it there', async () => {
  const { chat, run } = world();
  expect(await run('/msg bob lee hello')).toBeNull();
  expect(chat.room.value?.name).toBe('Bob Lee');
  expect(chat.sent).toEqual([{ kind: 'text', body: 'hello' }]);
});

// C7
test('a private message to nobody or to oneself is explained', async () => {
  const { chat, run } = world();
  expect(await run('/msg zoe hello')).toBe(strings.commands.nobody('zoe'));
  expect(await run('/msg ann hello')).toBe(strings.commands.oneself);
  expect(chat.sent).toEqual([]);
});
