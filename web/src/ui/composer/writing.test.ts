import { beforeEach, expect, test } from 'vitest';
import { composing, edit, reply, writeNew } from '../composing.ts';
import type { Kept } from '../kept.ts';
import { strings } from '../strings.ts';
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
  const around = { drafts, room: 'lobby', say: (text: string) => void said.push(text) };
  const writing = new Writing(chat, around);
  composing.subscribe((now) => writing.turn(now));
  chat.room.subscribe((room) => writing.follow(room));
  return { chat, said, writing, again: () => new Writing(chat, around) };
}

beforeEach(writeNew);

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    await Promise.resolve();
  }
}

/** The bodies handed in. */
function bodies(chat: FakeChat): string[] {
  return chat.sent.map((content) => (content.kind === 'text' ? content.body : content.kind));
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

// R1
test('what another tab writes stands here too, and waits while a message is being changed', () => {
  const { chat, writing } = world();
  writing.adopt('from over there');
  expect(writing.text.value).toBe('from over there');
  edit(chat.says('Ann', 'mine'));
  writing.adopt('and more');
  expect(writing.text.value).toBe('mine');
  writeNew();
  expect(writing.text.value).toBe('and more');
});

// L16
test('an answer is sent with what it answers, and then one writes something new', () => {
  const { chat, writing } = world();
  const question = chat.says('Bob', 'Who?');
  reply(question);
  writing.write('me');
  writing.submit(0);
  expect(chat.replied).toEqual([question.seq]);
  expect(composing.value.kind).toBe('new');
});

// L16, X7
test('a refused answer is given back as one', async () => {
  const { chat, writing } = world();
  chat.answer = { kind: 'refused', text: 'Profanity is not allowed!' };
  reply(chat.says('Bob', 'Who?'));
  writing.write('damn');
  writing.submit(0);
  await settled();
  expect(writing.text.value).toBe('damn');
  expect(composing.value.kind).toBe('reply');
});

// L16
test('what one answers is held as it stands now, edited or deleted, and the draft stays', async () => {
  const { chat, writing } = world();
  const question = chat.says('Bob', 'Who?');
  const held = () => (composing.value.kind === 'reply' ? composing.value.message.content : null);
  reply(question);
  writing.write('me');
  await chat.edit(question.seq, 'Who else?');
  expect(held()).toEqual({ kind: 'text', body: 'Who else?' });
  await chat.remove(question.seq);
  expect(held()).toEqual({ kind: 'deleted' });
  expect(writing.text.value).toBe('me');
});

// L16, X7
test('an answer that is refused after what it answers was deleted does not bring that back', async () => {
  const { chat, writing } = world();
  const question = chat.says('Bob', 'Who?');
  reply(question);
  writing.write('damn');
  chat.answer = { kind: 'refused', text: 'Profanity is not allowed!' };
  writing.submit(0);
  chat.answer = { kind: 'sent' };
  void chat.remove(question.seq); // shown at once
  await settled();
  expect(composing.value).toMatchObject({ kind: 'reply', message: { content: { kind: 'deleted' } } });
});

// C2, L16
test('an answer waits with its draft while one is elsewhere, over a reload too, and is sent as one', () => {
  const { chat, writing, again } = world();
  const question = chat.says('Bob', 'Who?');
  reply(question);
  writing.write('me');
  for (const back of [writing, again(), writing]) {
    writing.rest();
    writeNew();
    back.follow(chat.room.value);
    expect(composing.value).toEqual({ kind: 'reply', message: question });
  }
  writing.submit(0);
  expect(chat.replied).toEqual([question.seq]);
  again().follow(chat.room.value);
  expect(composing.value.kind).toBe('new');
});

// C2, L16
test('an answer does not come back that was given up, has no words, or whose message is deleted', () => {
  const { chat, writing, again } = world();
  const question = chat.says('Bob', 'Who?');
  const comesBack = () => {
    writing.rest();
    writeNew();
    again().follow(chat.room.value);
    return composing.value.kind;
  };
  reply(question);
  expect(comesBack()).toBe('new');
  writing.write('me');
  reply(question);
  writeNew();
  expect(comesBack()).toBe('new');
  reply(question);
  expect(comesBack()).toBe('reply');
  writing.rest();
  writeNew();
  void chat.remove(question.seq); // shown at once
  expect(comesBack()).toBe('new');
  expect(again().text.value).toBe('me');
});

// C9
test('a change takes the field and gives the draft back, saved or not', async () => {
  const { chat, writing, again } = world();
  const mine = chat.says('Ann', 'teh end');
  writing.write('half a thought');
  edit(mine);
  expect(writing.text.value).toBe('teh end');
  writing.write('the');
  expect(again().text.value).toBe('half a thought');
  writeNew();
  expect(writing.text.value).toBe('half a thought');
  edit(mine);
  writing.write('the end');
  expect(writing.submit(0)).toBe(true);
  await settled();
  expect(writing.text.value).toBe('half a thought');
  expect(chat.room.value?.timeline.at(-1)).toMatchObject({ content: { body: 'the end' } });
  expect(chat.sent).toEqual([]);
});

// C9, X7
test('a refused change gives its text back, and the draft after it', async () => {
  const { chat, writing } = world();
  const mine = chat.says('Ann', 'fine');
  writing.write('draft');
  chat.answer = { kind: 'refused', text: 'Profanity is not allowed!' };
  edit(mine);
  writing.write('damn');
  writing.submit(0);
  await settled();
  expect(composing.value.kind).toBe('edit');
  expect(writing.text.value).toBe('damn');
  expect(writing.problem.value).toBe('Profanity is not allowed!');
  writeNew();
  expect(writing.text.value).toBe('draft');
});

// C9, X7
test('a change that was refused is handed in again as it is', async () => {
  const { chat, writing } = world();
  const mine = chat.says('Ann', 'fine');
  chat.answer = { kind: 'refused', text: 'The server has no room.' };
  edit(mine);
  writing.write('better');
  writing.submit(0);
  await settled();
  chat.answer = { kind: 'sent' };
  expect(writing.text.value).toBe('better');
  writing.submit(0);
  await settled();
  expect(chat.room.value?.timeline.at(-1)).toMatchObject({ content: { body: 'better' }, amending: null });
});

// C9
test('a change ends when its message is deleted: that is said, and its text stays before the draft', () => {
  const { chat, writing, again } = world();
  const mine = chat.says('Ann', 'teh end');
  writing.write('half a thought');
  edit(mine);
  writing.write('the end');
  void chat.remove(mine.seq); // shown at once
  expect(composing.value.kind).toBe('new');
  expect(writing.problem.value).toBe(strings.composer.editGone);
  expect(writing.text.value).toBe('the end\nhalf a thought');
  expect(again().text.value).toBe('the end\nhalf a thought');
});

// C9
test('of a deleted message nothing comes back that was not written anew', () => {
  const { chat, writing } = world();
  const mine = chat.says('Ann', 'a slip');
  edit(mine);
  void chat.remove(mine.seq); // shown at once
  expect([composing.value.kind, writing.text.value]).toEqual(['new', '']);
});

// C9, X7
test('a change that comes too late for its message is given back as a draft', async () => {
  const { chat, writing } = world();
  edit(chat.says('Ann', 'teh end'));
  writing.write('the end');
  chat.answer = { kind: 'refused', code: 'NotThere', text: 'This message is not there any more.' };
  writing.submit(0);
  await settled();
  expect([composing.value.kind, writing.text.value]).toEqual(['new', 'the end']);
  expect(writing.problem.value).toBe(strings.composer.editGone);
});

// C9
test('the last message of one’s own is taken up only from an empty field', () => {
  const { chat, writing } = world();
  expect(writing.editLast()).toBe(false);
  chat.says('Ann', 'first');
  const last = chat.says('Ann', 'last');
  chat.says('Bob', 'not mine');
  writing.write('x');
  expect(writing.editLast()).toBe(false);
  writing.write('');
  expect(writing.editLast()).toBe(true);
  expect(composing.value).toEqual({ kind: 'edit', message: last });
  expect(writing.text.value).toBe('last');
});

// C9
test('nothing is changed to nothing, a command within a change is text, and no change sends nothing', async () => {
  const { chat, writing } = world();
  const mine = chat.says('Ann', '/me waves');
  edit(mine);
  writing.write(' ');
  expect(writing.submit(0)).toBe(false);
  expect(writing.problem.value).toBe(strings.composer.emptyEdit);
  writing.write('/me waves');
  chat.answer = { kind: 'refused', text: 'Asked for nothing.' };
  writing.submit(0);
  await settled();
  expect(writing.problem.value).toBe('');
  expect(composing.value.kind).toBe('new');
});

// C7
test('an unknown command is explained and kept, and never sent', () => {
  const { chat, writing } = world();
  for (const text of ['/jion den', '/join']) {
    writing.write(text);
    expect(writing.submit(0)).toBe(false);
    expect(writing.text.value).toBe(text);
    expect(writing.problem.value).not.toBe('');
  }
  writing.write(' /jion den');
  expect(writing.submit(0)).toBe(true);
  expect(bodies(chat)).toEqual([' /jion den']);
  expect(writing.problem.value).toBe('');
});

// C7, X7
test('a command that does not work gives its words back with the reason', async () => {
  const { chat, writing } = world();
  const asked: string[] = [];
  writing.perform = (command) => {
    asked.push(command.name);
    return Promise.resolve('Username is in use!');
  };
  writing.write('/nick Bob');
  writing.submit(0);
  expect(writing.text.value).toBe('');
  await settled();
  expect(asked).toEqual(['nick']);
  expect(writing.text.value).toBe('/nick Bob');
  expect(writing.problem.value).toBe('Username is in use!');
  expect(chat.sent).toEqual([]);
});

// C7
test('shortcodes become emoji when they are sent, in the order of writing', async () => {
  await import('../emoji/table.ts'); // read once: on a busy machine that takes longer than anybody waits for it
  const { chat, writing } = world();
  for (const text of ['ship it :tada:', 'plain', ':+1: `:tada:`']) {
    writing.write(text);
    expect(writing.submit(0)).toBe(true);
  }
  await expect.poll(() => bodies(chat)).toEqual(['ship it 🎉', 'plain', '👍 `:tada:`']);
});
