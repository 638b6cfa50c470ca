// Many rooms at once: what is in which, what is unread, coming back to all of them, and those that nobody finds.

import { describe, expect, test } from 'vitest';
import { Company, card, message, messages, texts } from '../testing/people.ts';
import type { Chat, SendResult } from './types.ts';

const say = (chat: Chat, body: string): Promise<SendResult> => chat.send({ kind: 'text', body });
const names = (chat: Chat): string[] => chat.rooms.value.map(({ name }) => name);
const open = (chat: Chat): string | undefined => chat.room.value?.name;

describe('in several rooms', () => {
  // F5
  test('each has its own messages, and one is open', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden');
    expect([names(chat), open(chat)]).toEqual([['lobby', 'garden'], 'garden']);
    await company.done(say(chat, 'roses'));
    chat.activate(card(chat, 'lobby')?.id ?? '');
    await company.done(say(chat, 'hello'));
    expect([open(chat), texts(chat)]).toEqual(['lobby', ['hello']]);
    expect([company.server.texts('lobby'), company.server.texts('garden')]).toEqual([['hello'], ['roses']]);
    chat.activate(card(chat, 'garden')?.id ?? '');
    expect([open(chat), texts(chat)]).toEqual(['garden', ['roses']]);
    expect(company.world.carriers.size).toBe(1);
  });

  // X3
  test('all of them are back after a lost connection', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden');
    await company.world.cut();
    company.server.post('lobby', 'one');
    company.server.post('garden', 'two');
    await company.world.advance(2_000);
    expect(texts(chat)).toEqual(['two']);
    chat.activate('lobby');
    expect(texts(chat)).toEqual(['one']);
  });

  // X3
  test('those that were too much for a connection come back one after another', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden', 'attic');
    const { server, world } = company;
    const joins = (): number => server.heard.filter(({ kind }) => kind === 'Join').length;
    world.latency = 50;
    server.heard.length = 0;
    for (const carrier of world.carriers) {
      server.bye(carrier, 'Slow', 0);
    }
    await world.until(() => joins() > 0, 10_000);
    expect(joins()).toBe(1);
    await world.until(() => joins() === 3, 10_000);
    server.post('attic', 'dust');
    await world.until(() => texts(chat).includes('dust'), 10_000);
    expect(joins()).toBe(3);
  });

  // X10
  test('all of them are joined again after a reload, in their order', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby', 'garden');
    await company.enters(ann, 'annie', 'attic');
    await company.world.advance(500);
    ann.close();
    const { chat } = company.sit(ann.tab);
    await company.enters({ ...ann, chat }, 'ann', 'garden');
    await company.world.advance(200);
    expect(chat.rooms.value.map(({ name, nick, joined }) => [name, nick, joined])).toEqual([
      ['lobby', 'ann', true],
      ['garden', 'ann', true],
      ['attic', 'annie', true],
    ]);
    expect(open(chat)).toBe('garden');
  });

  // A33
  test('leaving one opens its neighbour, and what is left is not joined again', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby', 'garden', 'attic');
    const left = ann.chat.leave();
    expect([names(ann.chat), open(ann.chat)]).toEqual([['lobby', 'garden'], 'garden']);
    await company.done(left);
    expect(company.server.heard.some(({ kind }) => kind === 'Bye')).toBe(false);
    await company.world.advance(500);
    ann.close();
    const again = company.sit(ann.tab);
    await company.enters(again, 'ann', 'lobby');
    await company.world.advance(200);
    expect(names(again.chat)).toEqual(['lobby', 'garden']);
  });

  test('a room that refuses leaves the others as they are', async () => {
    const company = new Company();
    await company.comes('bob', 'garden');
    const { chat } = await company.comes('ann', 'lobby');
    const result = await company.done(chat.join({ kind: 'public', name: 'garden' }, 'bob'));
    expect(result).toMatchObject({ ok: false, refusal: { text: 'Username is in use!' } });
    expect([names(chat), open(chat)]).toEqual([['lobby'], 'lobby']);
  });

  test('one can take another name, unless it is taken', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby');
    await company.comes('bob', 'lobby');
    expect(await company.done(chat.rename('bob'))).toMatchObject({ ok: false });
    await company.world.advance(100);
    expect(chat.room.value?.nick).toBe('ann');
    expect(await company.done(chat.rename('annie'))).toEqual({ ok: true });
    await company.done(say(chat, 'hello'));
    await company.world.advance(50);
    expect([chat.room.value?.nick, message(chat, 'hello').nick]).toEqual(['annie', 'annie']);
    expect(chat.room.value?.members).toHaveLength(2);
  });
});

describe('what is unread', () => {
  // F3
  test('messages of others are counted, and those that name one', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden');
    for (const text of ['hello', '@Ann!', 'write to x@ann', '@annette', 'well, @ANN?']) {
      company.server.post('lobby', text);
    }
    await company.world.advance(50);
    expect(card(chat, 'lobby')).toMatchObject({ unread: 5, mentions: 2, exact: true });
    expect(card(chat, 'garden')).toMatchObject({ unread: 0, mentions: 0 });
    chat.activate('lobby');
    chat.markRead(2);
    await company.world.advance(0);
    expect(card(chat, 'lobby')).toMatchObject({ unread: 3, mentions: 1 });
    chat.markRead(1);
    await company.world.advance(0);
    expect(chat.room.value?.readUpTo).toBe(2);
    company.server.commit('lobby', { kind: 'Delete', of: 5 });
    await company.world.advance(50);
    expect(card(chat, 'lobby')).toMatchObject({ unread: 2, mentions: 0 });
    chat.markAllRead();
    await company.world.advance(0);
    expect(card(chat, 'lobby')).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('one’s own messages are not, nor those of somebody ignored', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby');
    chat.ignore('BOB', true);
    await company.done(say(chat, '@ann'));
    company.server.post('lobby', '@ann');
    await company.world.advance(50);
    expect(card(chat, 'lobby')).toMatchObject({ unread: 0, mentions: 0 });
  });

  // L13
  test('after a return they are counted from where one was; without the pages between, at least', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    company.server.post('lobby', 'seen');
    await company.world.advance(50);
    ann.chat.markRead(1);
    await company.world.advance(500);
    ann.close();
    for (const text of ['one', 'two', 'three']) {
      company.server.post('lobby', text);
    }
    const second = company.sit(ann.tab);
    await company.enters(second, 'ann', 'lobby');
    expect(card(second.chat, 'lobby')).toMatchObject({ unread: 3, exact: true });
    expect(second.chat.room.value?.readUpTo).toBe(1);
    second.close();
    for (let n = 0; n < 20; n += 1) {
      company.server.post('lobby', `more ${n}`);
    }
    const third = company.sit(ann.tab);
    await company.enters(third, 'ann', 'lobby');
    expect(card(third.chat, 'lobby')).toMatchObject({ unread: 5, exact: false });
    third.chat.markRead(third.chat.room.value?.head ?? 0);
    await company.world.advance(0);
    expect(card(third.chat, 'lobby')).toMatchObject({ unread: 0, exact: true });
  });

  test('where one has never been nothing is unread', async () => {
    const company = new Company();
    company.server.post('lobby', 'before');
    const { chat } = await company.comes('ann', 'lobby');
    expect(card(chat, 'lobby')).toMatchObject({ unread: 0, exact: true });
  });

  // R1, L14
  test('other tabs know within half a second, and nobody goes back', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    const other = company.sit(company.world.tab(ann.tab.device));
    await company.enters(other, 'annie', 'lobby');
    for (const text of ['one', 'two', 'three']) {
      company.server.post('lobby', text);
    }
    await company.world.advance(50);
    other.chat.markRead(3);
    ann.chat.markRead(1);
    await company.world.advance(500);
    expect([ann.chat.room.value?.readUpTo, other.chat.room.value?.readUpTo]).toEqual([3, 3]);
    expect(card(ann.chat, 'lobby')?.unread).toBe(0);
  });
});

describe('rooms that nobody finds', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);

  test('whoever has the key is in, over reloads, and the room tells how to let others in', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    await company.enters(ann, 'ann', { kind: 'private', key, name: 'party' });
    expect(ann.chat.room.value).toMatchObject({ kind: 'private', name: 'party' });
    expect(ann.chat.room.value?.invitation).toMatch(/^https:\/\/chat\.example\/i#[\w-]{43}\.party$/);
    await company.done(say(ann.chat, 'psst'));
    const bob = company.sit();
    await company.enters(bob, 'bob', { kind: 'private', key, name: 'whatever' });
    expect([texts(bob.chat), bob.chat.room.value?.name]).toEqual([['psst'], 'party']);
    await company.enters(bob, 'bob', 'party');
    expect(texts(bob.chat)).toEqual([]);
    await company.world.advance(500);
    ann.close();
    const again = company.sit(ann.tab);
    await company.enters(again, 'ann', 'lobby');
    await company.world.advance(200);
    expect(again.chat.rooms.value.map(({ kind, joined }) => [kind, joined])).toEqual([
      ['public', true],
      ['private', true],
    ]);
    const hex = Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(JSON.stringify([again.chat.rooms.value, [...ann.tab.device.storage]])).not.toContain(hex.slice(0, 16));
  });
});

describe('direct messages', () => {
  test('begun by both at once become one, wherever nothing was said yet', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    const bob = await company.comes('bob', 'lobby');
    await company.world.advance(50);
    const other = ({ room }: Chat, nick: string) => {
      const found = room.value?.members.find((member) => member.nick === nick);
      return found ?? { id: 0, nick, away: false };
    };
    const gone: string[] = [];
    bob.chat.onReplaced((id) => gone.push(id), new AbortController().signal);
    await company.done(
      Promise.all([ann.chat.message(other(ann.chat, 'bob')), bob.chat.message(other(bob.chat, 'ann'))]),
    );
    const unused = bob.chat.room.value?.id;
    expect(ann.chat.room.value?.id).not.toBe(unused);
    await company.done(say(ann.chat, 'you there?'));
    await company.world.until(() => texts(bob.chat).length > 0);
    await company.world.advance(100);
    expect(bob.chat.room.value?.id).toBe(ann.chat.room.value?.id);
    expect([names(ann.chat), names(bob.chat)]).toEqual([
      ['lobby', 'bob'],
      ['lobby', 'ann'],
    ]);
    expect([gone, bob.chat.parting.value]).toEqual([[unused], null]);
    await company.done(say(bob.chat, 'here'));
    await company.world.advance(50);
    expect(texts(ann.chat)).toEqual(['you there?', 'here']);
  });

  test('in both of which something was said stay, and both sides go on in the same one', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    const bob = await company.comes('bob', 'lobby');
    await company.world.advance(50);
    const [bobAs, annAs] = [ann, bob].map(({ chat }, n) => {
      const found = chat.room.value?.members.find(({ nick }) => nick === ['bob', 'ann'][n]);
      return found ?? { id: 0, nick: '', away: false };
    });
    if (bobAs === undefined || annAs === undefined) {
      throw new Error('both are there');
    }
    await company.done(Promise.all([ann.chat.message(bobAs), bob.chat.message(annAs)]));
    await company.done(Promise.all([say(ann.chat, 'one'), say(bob.chat, 'other')]));
    await company.world.advance(200);
    for (const { chat } of [ann, bob]) {
      chat.activate('lobby');
    }
    await company.done(Promise.all([ann.chat.message(bobAs), bob.chat.message(annAs)]));
    expect(ann.chat.room.value?.id).toBe(bob.chat.room.value?.id);
    expect([ann.chat.rooms.value.length, bob.chat.rooms.value.length]).toEqual([3, 3]);
  });

  async function two() {
    const company = new Company();
    const [ann, bob] = [await company.comes('ann', 'lobby'), await company.comes('bob', 'lobby')];
    await company.world.advance(20);
    const them = ann.chat.room.value?.members.find(({ nick }) => nick === 'bob');
    return { company, ann, bob, them: them ?? { id: 0, nick: '', away: false } };
  }

  // P5
  test('reach the other one without being asked, in a room of the two', async () => {
    const { company, ann, bob, them } = await two();
    await company.done(ann.chat.message(them));
    await company.done(say(ann.chat, 'only you'));
    await company.world.advance(200);
    expect(ann.chat.room.value).toMatchObject({ kind: 'direct', name: 'bob', invitation: null });
    expect(open(bob.chat)).toBe('lobby');
    expect(card(bob.chat, 'ann')).toMatchObject({ kind: 'direct', unread: 1, mentions: 1, joined: true });
    bob.chat.activate(card(bob.chat, 'ann')?.id ?? '');
    expect(texts(bob.chat)).toEqual(['only you']);
    await company.done(bob.chat.message({ id: 1, nick: 'ann', away: false }));
    expect(bob.chat.rooms.value).toHaveLength(2);
  });

  test('wait for whoever is not there, and reach them when they come', async () => {
    const { company, ann, bob, them } = await two();
    await company.done(bob.chat.leave());
    await company.world.advance(50);
    await company.done(ann.chat.message(them));
    await company.done(say(ann.chat, 'are you there?'));
    await company.enters(bob, 'bob', 'lobby');
    await company.world.advance(200);
    bob.chat.activate(card(bob.chat, 'ann')?.id ?? '');
    expect(texts(bob.chat)).toEqual(['are you there?']);
  });

  test('do not come from somebody ignored', async () => {
    const { company, ann, bob, them } = await two();
    bob.chat.ignore('Ann', true);
    await company.done(ann.chat.message(them));
    await company.done(say(ann.chat, 'hello?'));
    await company.world.advance(200);
    expect(names(bob.chat)).toEqual(['lobby']);
  });

  test('go on after a reload, on both sides', async () => {
    const { company, ann, bob, them } = await two();
    await company.done(ann.chat.message(them));
    await company.done(say(ann.chat, 'one'));
    await company.world.advance(500);
    bob.close();
    const again = company.sit(bob.tab);
    await company.enters(again, 'bob', 'lobby');
    await company.done(say(ann.chat, 'two'));
    await company.world.advance(300);
    expect(again.chat.rooms.value.map(({ kind, name }) => [kind, name])).toEqual([
      ['public', 'lobby'],
      ['direct', 'ann'],
    ]);
    again.chat.activate(card(again.chat, 'ann')?.id ?? '');
    expect(texts(again.chat)).toEqual(['one', 'two']);
  });
});

describe('further up', () => {
  async function long() {
    const company = new Company();
    company.server.page = 10;
    for (let n = 1; n <= 100; n += 1) {
      company.server.post('lobby', `m${n}`);
    }
    const { chat } = await company.comes('ann', 'lobby');
    return { company, chat };
  }
  const all = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`);

  // L18, L16
  test('a jump shows what is around, loads on in both directions, and grows together with the newest', async () => {
    const { company, chat } = await long();
    expect(await company.done(chat.jump({ seq: 50 }))).toBe(true);
    expect(texts(chat)).toEqual(all(45, 54));
    expect(chat.room.value).toMatchObject({ hasOlder: true, hasNewer: true });
    chat.loadOlder();
    await company.world.advance(50);
    expect(texts(chat)).toEqual(all(35, 54));
    while (chat.room.value?.hasNewer) {
      chat.loadNewer();
      await company.world.advance(50);
    }
    expect(texts(chat)).toEqual(all(35, 100));
    expect(new Set(messages(chat).map(({ key }) => key)).size).toBe(66);
  });

  test('what comes meanwhile is counted and waits at the end', async () => {
    const { company, chat } = await long();
    await company.done(chat.jump({ seq: 50 }));
    company.server.post('lobby', 'm101');
    await company.done(say(chat, 'm102'));
    await company.world.advance(50);
    expect(texts(chat)).toEqual(all(45, 54));
    expect([card(chat, 'lobby')?.unread, chat.room.value?.head]).toEqual([1, 102]);
    company.server.commit('lobby', { kind: 'Delete', of: 50 });
    await company.world.advance(50);
    expect(texts(chat)[5]).toBe('(deleted)');
    expect(await company.done(chat.jump('end'))).toBe(true);
    expect(texts(chat)).toEqual(all(91, 102));
    expect(chat.room.value?.hasNewer).toBe(false);
  });

  // L18
  test('a jump to a time goes to what was said then; to nowhere it says so', async () => {
    const { company, chat } = await long();
    const at = (messages(chat)[0]?.at ?? 0) - 60; // the server's clock goes on by one with each entry
    expect(await company.done(chat.jump({ at }))).toBe(true);
    expect(texts(chat)).toContain('m31');
    const empty = await new Company().comes('ann', 'attic').then(({ chat: nowhere }) => nowhere);
    expect(await empty.jump('end')).toBe(true);
  });
});

describe('the whole', () => {
  // F2
  test('a search over all rooms is one list by time, page by page', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden');
    for (let n = 0; n < 40; n += 1) {
      company.server.post('lobby', `find lobby ${n}`);
      company.server.post('garden', n % 2 === 0 ? `find garden ${n}` : 'something else');
    }
    const first = await company.done(chat.search({ text: 'find' }));
    expect(first).toHaveLength(30);
    const pages = [first];
    for (let last = first.at(-1); last !== undefined; last = pages.at(-1)?.at(-1)) {
      pages.push(await company.done(chat.search({ text: 'find', below: last })));
    }
    const found = pages.flat();
    expect(new Set(found.map(({ room, seq }) => `${room} ${seq}`)).size).toBe(60);
    expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).sort((a, b) => b - a));
    const one = await company.done(chat.search({ text: 'find', room: 'garden', from: 'bob' }));
    expect(new Set(one.map(({ roomName }) => roomName))).toEqual(new Set(['garden']));
  });

  test('a search in rooms that one is not back in yet finds what is there', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    company.server.post('lobby', 'find me');
    await company.world.advance(500);
    ann.close();
    company.world.tcp = 'closed';
    const { chat } = company.sit(ann.tab);
    void chat.join({ kind: 'public', name: 'lobby' }, 'ann'); // seen below
    await company.world.advance(1_000);
    const search = chat.search({ text: 'find' });
    company.world.tcp = 'works';
    const hits = await company.done(search);
    expect(hits.map(({ roomName, seq }) => [roomName, seq])).toEqual([['lobby', 1]]);
  });

  // J4
  test('the directory knows the public rooms, and no private one', async () => {
    const company = new Company();
    const { chat } = await company.comes('ann', 'lobby', 'garden');
    await company.enters({ ...company.sit(), chat }, 'ann', {
      kind: 'private',
      key: new Uint8Array(32),
      name: 'secret',
    });
    chat.activate('garden');
    await company.done(chat.setTopic('roses'));
    expect(chat.room.value?.topic).toBe('roses');
    expect(await company.done(chat.directory(''))).toEqual([
      { name: 'lobby', topic: '', members: 1 },
      { name: 'garden', topic: 'roses', members: 1 },
    ]);
  });

  // P4
  test('who is away is away for the others, in all rooms, until back', async () => {
    const company = new Company();
    const ann = await company.comes('ann', 'lobby');
    const bob = await company.comes('bob', 'lobby');
    const away = (): boolean[] => ann.chat.room.value?.members.map((member) => member.away) ?? [];
    bob.chat.setAway(true);
    await company.world.advance(50);
    expect(away()).toEqual([false, true]);
    bob.chat.setAway(false);
    await company.world.advance(50);
    expect(away()).toEqual([false, false]);
  });
});
