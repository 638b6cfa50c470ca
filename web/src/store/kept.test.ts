// What was written survives the page it was written in: crashes, closed tabs, days offline, full storage (X7, X10, X12).

import { describe, expect, test } from 'vitest';
import { FakeDevice } from '../testing/device.ts';
import { FakeServer } from '../testing/server.ts';
import { type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import type { Chat, Message, SendResult } from './types.ts';

const DAY_MS = 24 * 60 * 60_000;

interface Scene {
  readonly world: World;
  readonly server: FakeServer;
  readonly device: FakeDevice;
  readonly tab: Tab;
  readonly chat: Chat;
}

const open = (tab: Tab): Chat => createChat(tab.environment());
const say = (chat: Chat, body: string): Promise<SendResult> => chat.send({ kind: 'text', body });
const messages = (chat: Chat): Message[] => (chat.room.value?.timeline ?? []).filter((item) => item.kind === 'message');
const bodies = (chat: Chat): string[] =>
  messages(chat).map(({ content }) => (content.kind === 'text' ? content.body : '?'));
const lines = (chat: Chat): string[] =>
  (chat.room.value?.timeline ?? []).filter((item) => item.kind === 'line').map((line) => line.text);

async function joins(chat: Chat, world: World, nick = 'ann', room = 'lobby'): Promise<void> {
  const result = chat.join({ kind: 'public', name: room }, nick);
  await world.until(() => chat.room.value !== null);
  expect(await result).toEqual({ ok: true });
}

async function leaves(chat: Chat, world: World): Promise<void> {
  const left = chat.leave();
  await world.advance(500);
  await left;
}

async function scene(): Promise<Scene> {
  const server = new FakeServer();
  const world = new World(server);
  const device = new FakeDevice(world);
  const tab = world.tab(device);
  const chat = open(tab);
  await joins(chat, world);
  return { world, server, device, tab, chat };
}

/** The server is out of reach. */
function cutOff(world: World): Promise<void> {
  world.tcp = 'closed';
  world.udp = 'closed';
  return world.cut();
}

function restored(world: World): void {
  world.tcp = 'works';
  world.udp = 'works';
}

async function written(world: World, chat: Chat, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    void say(chat, text); // what becomes of it is looked up
  }
  await world.advance(50);
}

/** Another page of the same device: the one before has ended, with this unsent. */
async function afterACrash({ world, device, tab, chat }: Scene, text: string): Promise<Chat> {
  await cutOff(world);
  await written(world, chat, text);
  tab.crash();
  restored(world);
  return open(world.tab(device));
}

describe('a page that is gone', () => {
  // X12
  test('a message written before a crash is sent once by whoever opens the room under the name again', async () => {
    const { world, server, device, tab, chat } = await scene();
    await written(world, chat, 'before');
    await cutOff(world);
    await written(world, chat, 'one', 'two');
    tab.crash();
    await world.advance(20_000);
    restored(world);
    const later = open(world.tab(device));
    await joins(later, world);
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['before', 'one', 'two']);
    expect(bodies(later)).toEqual(['before', 'one', 'two']);
    expect(later.room.value?.members).toHaveLength(1);
    expect(later.unsent.value).toEqual([]);
  });

  test('a crash between the commit and its acknowledgement doubles nothing', async () => {
    const { world, server, device, tab, chat } = await scene();
    void say(chat, 'hello'); // the page is gone before the answer comes
    await world.until(() => server.texts('lobby').length === 1);
    tab.crash();
    const later = open(world.tab(device));
    await joins(later, world);
    await written(world, later, 'again');
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['hello', 'again']);
    expect(bodies(later)).toEqual(['hello', 'again']);
  });

  // X7
  test('another name and another room leave what is unsent where it is, and it is told', async () => {
    const before = await scene();
    const { world, server } = before;
    const unsent = [{ room: 'lobby', target: { kind: 'public', name: 'lobby' }, nick: 'ann', count: 1 }];
    const later = await afterACrash(before, 'for the lobby, by ann');
    await world.until(() => later.unsent.value.length > 0);
    expect(later.unsent.value).toEqual(unsent);
    await joins(later, world, 'bob');
    await leaves(later, world);
    await joins(later, world, 'ann', 'attic');
    await world.advance(500);
    expect([server.texts('lobby'), server.texts('attic')]).toEqual([[], []]);
    expect(later.unsent.value).toEqual(unsent);
    await leaves(later, world);
    await joins(later, world, 'ann', 'lobby');
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['for the lobby, by ann']);
  });

  // X7
  test('whoever opens a room before a leave is through goes on with what waits there', async () => {
    const before = await scene();
    const { world, server } = before;
    const later = await afterACrash(before, 'for the lobby');
    await joins(later, world, 'ann', 'attic');
    const left = later.leave();
    const back = later.join({ kind: 'public', name: 'lobby' }, 'ann');
    await world.until(() => later.room.value?.name === 'lobby');
    await Promise.all([left, back]);
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['for the lobby']);
    expect(later.unsent.value).toEqual([]);
  });

  test('what waits can be deleted, and is then gone', async () => {
    const before = await scene();
    const { world, server, device } = before;
    const later = await afterACrash(before, 'never mind');
    await world.until(() => later.unsent.value.length > 0);
    const [unsent] = later.unsent.value;
    void (unsent && later.discardUnsent(unsent)); // seen below
    await world.until(() => later.unsent.value.length === 0);
    await world.advance(500);
    expect(JSON.stringify([...device.rows])).not.toContain('never mind');
    server.rooms.get('lobby')?.seats.splice(0); // the seat of who wrote it
    await joins(later, world);
    await world.advance(500);
    expect(server.texts('lobby')).toEqual([]);
  });

  // X10
  test('two tabs, one a duplicate of the other, are two sessions', async () => {
    const { world, server, tab, chat } = await scene();
    const other = open(tab.duplicate());
    await joins(other, world, 'eve');
    await written(world, chat, 'by ann');
    await written(world, other, 'by eve');
    expect(chat.connection.value.kind).toBe('live');
    expect(server.connections).toBe(2);
    expect(server.rooms.get('lobby')?.log.entries.map(({ nick, number }) => [nick, number])).toEqual([
      ['ann', 1],
      ['eve', 1],
    ]);
  });
});

describe('days offline', () => {
  test('what the server remembers of the session keeps it from doubling', async () => {
    const { world, server, device, tab, chat } = await scene();
    void say(chat, 'applied, but never answered'); // the answer is lost
    await world.until(() => server.texts('lobby').length === 1);
    await cutOff(world);
    await written(world, chat, 'written offline');
    tab.crash();
    await world.advance(12 * DAY_MS);
    restored(world);
    const later = open(world.tab(device));
    await joins(later, world);
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['applied, but never answered', 'written offline']);
  });

  test('a session that is forgotten numbers from 1 again, and what the newest page shows is not said twice', async () => {
    const { world, server, device, tab, chat } = await scene();
    await written(world, chat, 'one', 'two');
    void say(chat, 'applied, but never answered'); // the answer is lost
    await world.until(() => server.texts('lobby').length === 3);
    await cutOff(world);
    await written(world, chat, 'written offline');
    tab.crash();
    server.forgetSessions();
    server.rooms.get('lobby')?.seats.splice(0);
    await world.advance(40 * DAY_MS);
    restored(world);
    const later = open(world.tab(device));
    await joins(later, world);
    await world.advance(500);
    const all = ['one', 'two', 'applied, but never answered', 'written offline'];
    expect(server.texts('lobby')).toEqual(all);
    expect(bodies(later)).toEqual(all);
  });

  test('a welcome that is lost does not hide that the session is new', async () => {
    const { world, server, chat } = await scene();
    await written(world, chat, 'one', 'two');
    await cutOff(world);
    await written(world, chat, 'three');
    server.forgetSessions();
    server.rooms.get('lobby')?.seats.splice(0);
    restored(world);
    await world.until(() => server.heard.filter(({ kind }) => kind === 'Hello').length >= 2);
    await world.cut();
    await world.advance(5_000);
    expect(server.texts('lobby')).toEqual(['one', 'two', 'three']);
  });

  test('in a history that was rewound the numbers go on behind its mark', async () => {
    const { world, server, chat } = await scene();
    await written(world, chat, 'one', 'two', 'three');
    await cutOff(world);
    server.rewind('lobby', 1);
    await written(world, chat, 'four');
    restored(world);
    await world.advance(5_000);
    expect(server.texts('lobby')).toEqual(['one', 'four']);
    await written(world, chat, 'five');
    expect(server.texts('lobby')).toEqual(['one', 'four', 'five']);
  });
});

describe('refusals', () => {
  // X7
  test('a text that was refused after a reload is still there after another one', async () => {
    const { world, server, tab, chat } = await scene();
    await cutOff(world);
    await written(world, chat, 'damn');
    restored(world);
    for (let reload = 0; reload < 3; reload += 1) {
      const later = open(tab);
      await joins(later, world);
      await world.advance(500);
      const reason = { code: 'Profanity', text: 'Profanity is not allowed!' };
      expect(messages(later)).toMatchObject([{ content: { body: 'damn' }, delivery: { kind: 'failed', reason } }]);
    }
    const last = open(tab);
    await joins(last, world);
    last.discard(messages(last)[0]?.key ?? '');
    await written(world, last, 'fine');
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['fine']);
    const later = open(tab);
    await joins(later, world);
    await world.advance(100);
    expect(bodies(later)).toEqual(['fine']);
  });

  test('a text that was given back to its writer is not kept as well', async () => {
    const { world, device, chat } = await scene();
    await written(world, chat, 'damn');
    await world.advance(1_000);
    expect(JSON.stringify([...device.rows])).not.toContain('damn');
  });
});

describe('leaving', () => {
  test('what is under way is settled before one leaves', async () => {
    const { world, server, device, chat } = await scene();
    const results = ['one', 'two'].map((text) => say(chat, text));
    const left = chat.leave();
    await world.advance(500);
    await left;
    expect(await Promise.all(results)).toEqual([{ kind: 'sent' }, { kind: 'sent' }]);
    expect(server.texts('lobby')).toEqual(['one', 'two']);
    await world.advance(1_000);
    expect(JSON.stringify([...device.rows])).not.toContain('lobby');
    expect(chat.unsent.value).toEqual([]);
  });

  // X7, X12
  test('what could not be sent is told after a leave, and sent when one goes back', async () => {
    const { world, server, chat } = await scene();
    await cutOff(world);
    await written(world, chat, 'not yet');
    const left = chat.leave();
    await world.advance(3_000);
    await left;
    expect(chat.unsent.value).toEqual([
      { room: 'lobby', target: { kind: 'public', name: 'lobby' }, nick: 'ann', count: 1 },
    ]);
    restored(world);
    await world.advance(20_000);
    expect(server.texts('lobby')).toEqual([]);
    await joins(chat, world);
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['not yet']);
    expect(chat.unsent.value).toEqual([]);
  });
});

describe('the shelf', () => {
  test('nothing is sent before it is kept, and it is shown at once', async () => {
    const { world, server, device, chat } = await scene();
    device.writeMs = () => 300;
    void say(chat, 'hello'); // seen below
    await world.advance(250);
    expect(bodies(chat)).toEqual(['hello']);
    expect(server.heard.some(({ kind }) => kind === 'Send')).toBe(false);
    await world.advance(1_000);
    expect(server.texts('lobby')).toEqual(['hello']);
  });

  test('a full one is told once, and everything is sent from memory', async () => {
    const { world, server, device, chat } = await scene();
    device.full = true;
    await written(world, chat, 'one', 'two');
    await written(world, chat, 'three');
    expect(server.texts('lobby')).toEqual(['one', 'two', 'three']);
    expect(lines(chat).filter((line) => line.includes('cannot keep'))).toHaveLength(1);
  });

  test('one that hangs keeps nobody from coming back and talking', async () => {
    const { world, server, device, chat } = await scene();
    device.stuck = true;
    await world.cut();
    await written(world, chat, 'one');
    await world.until(() => chat.connection.value.kind === 'live' && server.texts('lobby').length === 1, 10_000);
    await written(world, chat, 'two');
    await world.until(() => server.texts('lobby').length === 2, 5_000);
    expect(server.texts('lobby')).toEqual(['one', 'two']);
    expect(lines(chat).filter((line) => line.includes('cannot keep'))).toHaveLength(1);
  });

  test('a number that was lost with its text does not hold up what was kept behind it', async () => {
    const { world, server, device, tab, chat } = await scene();
    await cutOff(world);
    device.full = true;
    await written(world, chat, 'lost in the crash');
    device.full = false;
    // Only the second is kept: the first one's row is taken away behind the client's back.
    await written(world, chat, 'kept');
    for (const [key, row] of device.rows) {
      if (JSON.stringify(row).includes('lost in')) {
        device.rows.delete(key);
      }
    }
    tab.crash();
    restored(world);
    const later = open(world.tab(device));
    await joins(later, world);
    await world.advance(2_000);
    expect(server.texts('lobby')).toEqual(['kept']);
    await written(world, later, 'next');
    expect(server.texts('lobby')).toEqual(['kept', 'next']);
  });

  test('a burst of 1,000 keeps its order, and costs far fewer writes than messages', async () => {
    const { world, server, device, chat } = await scene();
    const all = Array.from({ length: 1_000 }, (_, n) => `m${n}`);
    const before = device.writes;
    const results = all.map((text) => say(chat, text));
    await world.until(() => server.texts('lobby').length === all.length);
    await world.advance(1_000);
    expect(new Set((await Promise.all(results)).map(({ kind }) => kind))).toEqual(new Set(['sent']));
    expect(server.texts('lobby')).toEqual(all);
    expect(device.writes - before).toBeLessThan(all.length / 10);
    expect(JSON.stringify([...device.rows])).not.toContain('m999');
  }, 60_000);

  // X10
  test('where pages share nothing, what is pending survives a reload', async () => {
    const { world, server, device, tab } = await scene();
    device.forbidden = true;
    const first = open(tab);
    await joins(first, world, 'eve');
    await cutOff(world);
    await written(world, first, 'before the reload');
    restored(world);
    const later = open(tab);
    await joins(later, world, 'eve');
    await world.advance(500);
    expect(server.texts('lobby')).toEqual(['before the reload']);
  });
});
