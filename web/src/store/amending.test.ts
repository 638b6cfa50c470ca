// Edits, deletions, reactions and answers: at once on the own page, the same everywhere in the end.

import { expect, test } from 'vitest';
import { Company, message, messages, texts } from '../testing/people.ts';
import type { Chat, SendResult } from './types.ts';

const PROFANE = { code: 'Profanity', text: 'Profanity is not allowed!' };

const say = (chat: Chat, body: string, reply?: number): Promise<SendResult> => chat.send({ kind: 'text', body }, reply);

async function pair() {
  const company = new Company();
  company.server.page = 100;
  const ann = await company.comes('ann', 'lobby');
  const bob = await company.comes('bob', 'lobby');
  await company.done(say(ann.chat, 'hello'));
  await company.world.advance(50);
  return { company, ann, bob, seq: message(ann.chat, 'hello').seq };
}

// L15
test('an edit shows at once as under way, and then everywhere with its time', async () => {
  const { company, ann, bob, seq } = await pair();
  const { key } = message(ann.chat, 'hello');
  const result = ann.chat.edit(seq, 'good day');
  await company.world.advance(0);
  expect(messages(ann.chat)).toMatchObject([
    { key, content: { body: 'good day' }, amending: { kind: 'edit', failed: null } },
  ]);
  expect(await company.done(result)).toEqual({ kind: 'sent' });
  await company.world.advance(50);
  for (const { chat } of [ann, bob]) {
    expect(messages(chat)).toMatchObject([{ content: { body: 'good day' }, amending: null }]);
    expect(messages(chat)[0]?.edited).toBeGreaterThan(0);
  }
});

// L15, X7
test('a refused edit gives the old text back and says why, until it is tried again', async () => {
  const { company, ann, bob, seq } = await pair();
  const refused = await company.done(ann.chat.edit(seq, 'damn'));
  expect(refused).toEqual({ kind: 'refused', ...PROFANE });
  const failed = { kind: 'edit', body: 'damn', failed: PROFANE };
  expect(messages(ann.chat)).toMatchObject([{ content: { body: 'hello' }, amending: failed }]);
  await company.done(ann.chat.edit(seq, 'fine'));
  await company.world.advance(50);
  expect(messages(ann.chat)).toMatchObject([{ content: { body: 'fine' }, amending: null }]);
  expect(texts(bob.chat)).toEqual(['fine']);
});

test('what is left of a refused edit can be taken away, and is gone after a reload', async () => {
  const { company, ann, seq } = await pair();
  await company.done(ann.chat.edit(seq, 'damn'));
  ann.chat.forgetAmending(seq);
  await company.world.advance(50);
  expect(messages(ann.chat)).toMatchObject([{ content: { body: 'hello' }, amending: null }]);
  ann.close();
  const again = company.sit(ann.tab);
  await company.enters(again, 'ann', 'lobby');
  expect(messages(again.chat)).toMatchObject([{ amending: null }]);
});

test('an edit that comes too late for its message leaves nothing at what was deleted', async () => {
  const { company, ann, seq } = await pair();
  void ann.chat.remove(seq); // goes out before the edit
  expect(await company.done(ann.chat.edit(seq, 'too late'))).toMatchObject({ kind: 'refused', code: 'NotThere' });
  await company.world.advance(50);
  expect(messages(ann.chat)).toMatchObject([{ content: { kind: 'deleted' }, amending: null }]);
  ann.close();
  const again = company.sit(ann.tab);
  await company.enters(again, 'ann', 'lobby');
  expect(messages(again.chat)).toMatchObject([{ content: { kind: 'deleted' }, amending: null }]);
});

test('another’s message cannot be edited', async () => {
  const { company, bob, seq } = await pair();
  expect(await company.done(bob.chat.edit(seq, 'mine now'))).toMatchObject({ kind: 'refused' });
  expect(texts(bob.chat)).toEqual(['hello']);
});

// L15
test('a deleted message leaves its place and nothing else, also in what answers it', async () => {
  const { company, ann, bob, seq } = await pair();
  await company.done(say(bob.chat, 'an answer', seq));
  await company.world.advance(50);
  expect(message(ann.chat, 'an answer').reply).toMatchObject({
    seq,
    target: { nick: 'ann', content: { body: 'hello' } },
  });
  await company.done(ann.chat.edit(seq, 'changed'));
  await company.world.advance(50);
  expect(message(bob.chat, 'an answer').reply?.target).toMatchObject({ mine: false, content: { body: 'changed' } });
  await company.done(ann.chat.remove(seq));
  await company.world.advance(50);
  for (const { chat } of [ann, bob]) {
    expect(texts(chat)).toEqual(['(deleted)', 'an answer']);
    expect(message(chat, 'an answer').reply?.target?.content).toEqual({ kind: 'deleted' });
    expect(JSON.stringify(chat.room.value)).not.toContain('changed');
  }
});

// L17
test('reactions are counted, once for each of us, in the order of reacting', async () => {
  const { company, ann, bob, seq } = await pair();
  void bob.chat.react(seq, '👍', true); // seen below
  void bob.chat.react(seq, '👍', true);
  await company.world.advance(50);
  void ann.chat.react(seq, '👍', true);
  void ann.chat.react(seq, '🎉', true);
  await company.world.advance(0);
  expect(messages(ann.chat)[0]?.reactions).toEqual([
    { emoji: '👍', count: 2, mine: true, nicks: ['bob', 'ann'] },
    { emoji: '🎉', count: 1, mine: true, nicks: ['ann'] },
  ]);
  await company.world.advance(50);
  void ann.chat.react(seq, '👍', false);
  await company.world.advance(50);
  expect(messages(bob.chat)[0]?.reactions).toEqual([
    { emoji: '👍', count: 1, mine: true, nicks: ['bob'] },
    { emoji: '🎉', count: 1, mine: false, nicks: ['ann'] },
  ]);
});

// X12
test('what was amended while one was away is so on return', async () => {
  const { company, ann, bob, seq } = await pair();
  await company.done(say(ann.chat, 'secret'));
  await company.world.advance(50);
  const secret = message(bob.chat, 'secret').seq;
  const keys = messages(bob.chat).map(({ key }) => key);
  await company.world.cut();
  company.server.commit('lobby', { kind: 'Edit', of: seq, body: 'edited meanwhile' });
  company.server.commit('lobby', { kind: 'Delete', of: secret });
  await company.world.advance(2_000);
  expect(texts(bob.chat)).toEqual(['edited meanwhile', '(deleted)']);
  expect(messages(bob.chat).map(({ key }) => key)).toEqual(keys);
});

// C5, X10
test('an edit made without a connection survives a reload and takes place once', async () => {
  const { company, ann, bob, seq } = await pair();
  await company.world.cut();
  void ann.chat.edit(seq, 'later'); // its page is gone before the answer
  await company.world.advance(10);
  ann.close();
  const again = company.sit(ann.tab);
  await company.enters(again, 'ann', 'lobby');
  await company.world.advance(2_000);
  expect([texts(again.chat), texts(bob.chat)]).toEqual([['later'], ['later']]);
  expect(messages(again.chat)[0]?.amending).toBeNull();
  const edits = company.server.rooms.get('lobby')?.log.entries.filter(({ content }) => content.kind === 'Edit');
  expect(edits).toHaveLength(1);
});

test('an edit that waits is not said of what stands there in a history that was rewound', async () => {
  const { company, ann, seq } = await pair();
  await company.world.cut();
  const result = ann.chat.edit(seq, 'not of this');
  company.server.rewind('lobby', 0);
  company.server.post('lobby', 'another history');
  expect(await company.done(result)).toMatchObject({ kind: 'refused' });
  expect(texts(ann.chat)).toEqual(['another history']);
});

test('a page from before an amendment does not bring back what was', async () => {
  const { company, ann, bob, seq } = await pair();
  for (let n = 0; n < 200; n += 1) {
    company.server.post('lobby', `later ${n}`);
  }
  company.server.page = 5;
  bob.close();
  const again = company.sit(bob.tab);
  await company.enters(again, 'bob', 'lobby');
  const stale = company.server.rooms.get('lobby')?.log.page({ kind: 'Before', seq: 3 }, 5);
  void ann.chat.edit(seq, 'newer'); // comes before the page that was made earlier
  await company.world.advance(50);
  const receive = company.server.receive.bind(company.server);
  company.server.receive = (carrier, lane) => {
    company.server.receive = receive;
    stale && company.server.say(carrier, lane, { kind: 'History', ...stale });
  };
  expect(await company.done(again.chat.jump({ seq }))).toBe(true);
  expect(texts(again.chat)).toEqual(['newer', 'later 0']);
});

// L16
test('what is answered and not known is asked for once, and many at a time', async () => {
  const { company, ann } = await pair();
  company.server.page = 5;
  for (let n = 0; n < 40; n += 1) {
    company.server.commit('lobby', { kind: 'Text', body: `original ${n}`, reply: null });
  }
  for (let n = 0; n < 40; n += 1) {
    company.server.commit('lobby', { kind: 'Text', body: `answer ${n}`, reply: n + 2 });
  }
  ann.close();
  company.server.page = 40;
  const again = company.sit(ann.tab);
  await company.enters(again, 'ann', 'lobby');
  const answers = messages(again.chat).filter(({ reply }) => reply !== null);
  expect(answers).toHaveLength(40);
  expect(answers.every(({ reply }) => reply?.target === null)).toBe(true);
  company.server.heard.length = 0;
  for (const { reply } of [...answers, ...answers]) {
    again.chat.look(reply?.seq ?? 0);
  }
  await company.world.advance(100);
  const looks = company.server.heard.flatMap((command) => (command.kind === 'Look' ? [command.seqs.length] : []));
  expect(looks).toEqual([32, 8]);
  const quoted = messages(again.chat).flatMap(({ reply }) => reply?.target?.content ?? []);
  expect(quoted).toEqual(Array.from({ length: 40 }, (_, n) => ({ kind: 'text', body: `original ${n}` })));
});
