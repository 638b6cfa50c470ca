import { describe, expect, test } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import type { Chat, Message, SendResult, TimelineItem } from './types.ts';

interface Scene {
  readonly world: World;
  readonly server: FakeServer;
  readonly tab: Tab;
  readonly chat: Chat;
}

function open(tab: Tab): { chat: Chat; close: () => void } {
  const life = new AbortController();
  return { chat: createChat(tab.environment(), life.signal), close: () => life.abort() };
}

async function joined(chat: Chat, world: World, nick = 'ann'): Promise<void> {
  const result = chat.join({ kind: 'public', name: 'lobby' }, nick);
  await world.until(() => chat.room.value !== null);
  expect(await result).toEqual({ ok: true });
}

async function scene(arrange: (world: World, server: FakeServer) => void = () => undefined): Promise<Scene> {
  const server = new FakeServer();
  const world = new World(server);
  arrange(world, server);
  const tab = world.tab();
  const { chat } = open(tab);
  await joined(chat, world);
  return { world, server, tab, chat };
}

const say = (chat: Chat, body: string): Promise<SendResult> => chat.send({ kind: 'text', body });
const isMessage = (item: TimelineItem): item is Message => item.kind === 'message';
const messages = (chat: Chat): Message[] => (chat.room.value?.timeline ?? []).filter(isMessage);
const body = ({ content }: Message): string => (content.kind === 'text' ? content.body : '?');
const bodies = (chat: Chat): string[] => messages(chat).map(body);
const lines = (chat: Chat): string[] =>
  (chat.room.value?.timeline ?? []).filter((item) => item.kind === 'line').map((line) => line.text);
const live = (chat: Chat) => (): boolean => chat.connection.value.kind === 'live';

describe('joining', () => {
  // A7, A12, A14
  test('one is welcomed and sees who is there and what was said', async () => {
    const { chat } = await scene((_, server) => server.post('lobby', 'earlier'));
    expect(lines(chat)).toEqual(['Welcome!']);
    expect(bodies(chat)).toEqual(['earlier']);
    expect(chat.room.value).toMatchObject({ name: 'lobby', nick: 'ann', members: [{ nick: 'ann' }], hasOlder: false });
    expect(chat.mapUrl.value).toContain('{lat}');
  });

  // A10, A15, J3
  test('a name in use is refused beside its field, with free ones', async () => {
    const { world } = await scene();
    const { chat } = open(world.tab());
    const result = chat.join({ kind: 'public', name: 'lobby' }, 'ann');
    await world.advance(500);
    expect(await result).toEqual({
      ok: false,
      refusal: { code: 'NameInUse', text: 'Username is in use!', field: 'nick', suggestions: ['ann2'] },
    });
    expect(chat.room.value).toBeNull();
  });

  // A9
  test('without a name nobody is asked', async () => {
    const chat = createChat(new World(new FakeServer()).tab().environment());
    const refusal = {
      code: 'NameOrRoomMissing',
      text: 'Username and room are required!',
      field: 'nick',
      suggestions: [],
    };
    expect(await chat.join({ kind: 'public', name: 'lobby' }, '  ')).toEqual({ ok: false, refusal });
  });

  // A13, A32
  test('others are announced, oneself is not', async () => {
    const { world, server, chat } = await scene();
    const [carrier] = world.carriers;
    const member = { id: 50, nick: 'bob' };
    for (const kind of ['Joined', 'Left'] as const) {
      carrier && server.say(carrier, 1, { kind: 'Presence', at: 1, change: { kind, member } });
    }
    await world.advance(50);
    expect(lines(chat)).toEqual(['Welcome!', 'bob has joined!', 'bob has left!']);
    expect(chat.room.value?.members.map(({ nick }) => nick)).toEqual(['ann']);
  });
});

describe('sending', () => {
  // A22, L8
  test('a message is pending at once and becomes sent in place', async () => {
    const { world, chat } = await scene();
    const result = say(chat, 'hello');
    await world.advance(0);
    const [pending] = messages(chat);
    expect(pending).toMatchObject({ delivery: { kind: 'pending' }, mine: true, seq: 0 });
    await world.advance(50);
    expect(await result).toEqual({ kind: 'sent' });
    expect(messages(chat)).toMatchObject([{ key: pending?.key, delivery: { kind: 'sent' }, seq: 1 }]);
  });

  // A16, X7
  test('a refusal gives the text back and leaves nothing behind', async () => {
    const { world, chat } = await scene();
    const results = [say(chat, 'damn'), say(chat, 'fine')];
    await world.advance(100);
    expect(await Promise.all(results)).toEqual([
      { kind: 'refused', code: 'Profanity', text: 'Profanity is not allowed!' },
      { kind: 'sent' },
    ]);
    expect(bodies(chat)).toEqual(['fine']);
  });

  test('more than a window goes out in order', async () => {
    const { world, server, chat } = await scene();
    const all = Array.from({ length: 30 }, (_, n) => `m${n}`);
    const results = all.map((text) => say(chat, text));
    await world.advance(500);
    expect(new Set((await Promise.all(results)).map(({ kind }) => kind))).toEqual(new Set(['sent']));
    expect(server.texts('lobby')).toEqual(all);
    expect(bodies(chat)).toEqual(all);
  });

  // C6, X9
  test('a throttled sender waits, and says until when', async () => {
    const { world, server, chat } = await scene();
    server.throttle = () => world.elapsed() < 1_000;
    const results = ['a', 'b', 'c'].map((text) => say(chat, text));
    await world.advance(50);
    expect(chat.throttledUntil.value).toBeGreaterThan(world.now);
    expect(chat.serverFull.value).toBe(false);
    expect(bodies(chat)).toEqual(['a', 'b', 'c']);
    await world.advance(3_000);
    expect(chat.throttledUntil.value).toBeNull();
    expect((await Promise.all(results)).map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
    expect(server.texts('lobby')).toEqual(['a', 'b', 'c']);
  });

  // A23, X12
  test('a server without room for messages is not taken for a sender in haste', async () => {
    const { world, server, chat } = await scene();
    server.full = () => world.elapsed() < 1_000;
    const result = say(chat, 'a');
    await world.advance(50);
    expect(chat.throttledUntil.value).toBeGreaterThan(world.now);
    expect(chat.serverFull.value).toBe(true);
    await world.advance(10_000);
    expect((await result).kind).toBe('sent');
    expect(server.texts('lobby')).toEqual(['a']);
  });

  // X12, L8
  test('without an answer for ten seconds a message has failed, and a retry delivers it once', async () => {
    const { world, server, chat } = await scene();
    const receive = server.receive.bind(server);
    server.receive = (carrier, lane, payload) => (lane === 0 ? receive(carrier, lane, payload) : undefined);
    const result = say(chat, 'hello');
    await world.advance(10_100);
    expect(await result).toMatchObject({ kind: 'failed' });
    const [failed] = messages(chat);
    expect(failed?.delivery.kind).toBe('failed');
    server.receive = receive;
    chat.retry(failed?.key ?? '');
    await world.advance(100);
    expect(messages(chat)).toMatchObject([{ key: failed?.key, delivery: { kind: 'sent' } }]);
    expect(server.texts('lobby')).toEqual(['hello']);
  });

  test('a failed message that is discarded is never delivered, and the next one is', async () => {
    const { world, server, chat } = await scene();
    const receive = server.receive.bind(server);
    server.receive = (carrier, lane, payload) => (lane === 0 ? receive(carrier, lane, payload) : undefined);
    void say(chat, 'never mind'); // its failure is seen in the timeline
    await world.advance(10_100);
    server.receive = receive;
    chat.discard(messages(chat)[0]?.key ?? '');
    const result = say(chat, 'next');
    await world.advance(200);
    expect(await result).toEqual({ kind: 'sent' });
    expect(server.texts('lobby')).toEqual(['next']);
    expect(bodies(chat)).toEqual(['next']);
  });
});

describe('reconnecting', () => {
  // X3, X12, K3
  test('one is back by oneself, with all that was said meanwhile, once and in order', async () => {
    const { world, server, chat } = await scene();
    server.post('lobby', 'one');
    await world.advance(20);
    await world.cut();
    server.post('lobby', 'two');
    const result = say(chat, 'three');
    await world.until(live(chat));
    await world.advance(200);
    expect(await result).toEqual({ kind: 'sent' });
    expect(bodies(chat)).toEqual(['one', 'two', 'three']);
    expect(lines(chat)).toEqual(['Welcome!']);
  });

  test('what was missed beyond a page is paged in on demand, without a gap', async () => {
    const { world, server, chat } = await scene();
    server.post('lobby', 'first');
    await world.advance(20);
    world.tcp = 'closed';
    world.udp = 'closed';
    await world.cut();
    const all = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const text of all) {
      server.post('lobby', text);
    }
    await world.advance(2_000);
    expect(chat.connection.value.kind).toBe('reconnecting');
    world.tcp = 'works';
    await world.until(live(chat));
    await world.advance(100);
    expect(bodies(chat)).toEqual(all.slice(-5));
    while (chat.room.value?.hasOlder) {
      chat.loadOlder();
      chat.loadOlder();
      await world.advance(100);
    }
    expect(bodies(chat)).toEqual(['first', ...all]);
  });

  test('the session is resumed with Join right behind Hello', async () => {
    const { world, server, chat } = await scene();
    server.heard.length = 0;
    await world.cut();
    await world.until(() => server.heard.length >= 2);
    expect(server.heard.slice(0, 2)).toMatchObject([{ kind: 'Hello' }, { kind: 'Join', cursor: { epoch: 7, seq: 0 } }]);
    expect(chat.room.value).not.toBeNull();
  });

  test('a history that was rewound starts the timeline anew', async () => {
    const { world, server, chat } = await scene();
    server.post('lobby', 'old');
    await world.advance(20);
    await world.cut();
    server.forgetAll();
    server.post('lobby', 'new');
    await world.until(live(chat));
    await world.advance(100);
    expect(bodies(chat)).toEqual(['new']);
  });

  test('a session that is forgotten numbers what is pending from 1 again, in order', async () => {
    const { world, server, chat } = await scene();
    void say(chat, 'settled'); // seen in the log below
    await world.advance(100);
    await world.cut();
    server.forgetSessions();
    server.rooms.get('lobby')?.seats.splice(0);
    const results = ['a', 'b'].map((text) => say(chat, text));
    await world.until(live(chat));
    await world.advance(200);
    expect((await Promise.all(results)).map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect(server.texts('lobby')).toEqual(['settled', 'a', 'b']);
    expect(bodies(chat)).toEqual(['settled', 'a', 'b']);
  });

  test('a session opened elsewhere stays closed', async () => {
    const { world, server, chat } = await scene();
    const [carrier] = world.carriers;
    carrier && server.bye(carrier, 'Replaced', null);
    await world.advance(60_000);
    expect(chat.connection.value).toMatchObject({ kind: 'closed', reason: { code: 'Replaced' } });
    chat.reconnectNow();
    await world.until(live(chat));
    expect(chat.room.value?.name).toBe('lobby');
  });

  test('a carrier that is open but does not flow is left for WebSocket, and nothing is lost', async () => {
    const { world, server, chat } = await scene();
    for (const carrier of world.carriers) {
      carrier.stalled = true;
    }
    world.udp = 'drops';
    const result = say(chat, 'still here');
    await world.advance(12_000);
    expect(await result).toEqual({ kind: 'sent' });
    expect(chat.connection.value).toMatchObject({ kind: 'live', transport: 'WebSocket' });
    expect(server.texts('lobby')).toEqual(['still here']);
  });
});

describe('transports', () => {
  // K4
  test.each(['drops', 'closed'] as const)('with UDP %s one is in within a second', async (udp) => {
    const { world, chat } = await scene((world) => {
      world.udp = udp;
    });
    expect(world.elapsed()).toBeLessThan(1_000);
    expect(chat.connection.value).toMatchObject({ kind: 'live', transport: 'WebSocket' });
  });

  test('the verdict spares the next connection the wait', async () => {
    const { world, tab } = await scene((world) => {
      world.udp = 'closed';
    });
    world.dials.length = 0;
    open(tab);
    await world.advance(200);
    expect(world.dials.map(({ transport }) => transport)).toEqual(['WebSocket']);
  });

  test('the session moves back to WebTransport, and nothing is lost or doubled', async () => {
    const { world, server, chat } = await scene((world) => {
      world.udp = 'closed';
    });
    world.udp = 'works';
    const sent: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      sent.push(`m${n}`);
      void say(chat, `m${n}`); // seen in the log below
      await world.advance(1_000);
    }
    expect(chat.connection.value).toMatchObject({ kind: 'live', transport: 'WebTransport' });
    expect(world.carriers.size).toBe(1);
    expect(server.texts('lobby')).toEqual(sent);
    expect(bodies(chat)).toEqual(sent);
  });

  test('a WebTransport that is slower than its head start takes the session over when it comes', async () => {
    const { world, server, chat } = await scene((world) => {
      world.handshakeMs.WebTransport = 1_000;
    });
    expect(chat.connection.value).toMatchObject({ kind: 'live', transport: 'WebSocket' });
    const result = say(chat, 'hello');
    await world.advance(1_000);
    expect(await result).toEqual({ kind: 'sent' });
    expect(chat.connection.value).toMatchObject({ kind: 'live', transport: 'WebTransport', rttMs: 10 });
    expect(world.dials.map(({ transport }) => transport)).toEqual(['WebTransport', 'WebSocket']);
    expect(world.carriers.size).toBe(1);
    expect(server.texts('lobby')).toEqual(['hello']);
  });
});

describe('reloading and leaving', () => {
  // X10, L8
  test('a reload resumes the same person, and what was pending goes out once', async () => {
    const server = new FakeServer();
    const world = new World(server);
    const tab = world.tab();
    const first = open(tab);
    await joined(first.chat, world);
    await world.cut();
    void say(first.chat, 'before the reload'); // its page is gone before the answer comes
    await world.advance(10); // long enough to be kept
    first.close();
    const { chat } = open(tab);
    await joined(chat, world);
    await world.advance(100);
    expect(server.texts('lobby')).toEqual(['before the reload']);
    expect(messages(chat)).toMatchObject([{ mine: true, delivery: { kind: 'sent' } }]);
    expect(chat.room.value?.members).toHaveLength(1);
  });

  // X7
  test('a message refused after a reload stays, with its reason, and can be tried again', async () => {
    const server = new FakeServer();
    const world = new World(server);
    const tab = world.tab();
    const first = open(tab);
    await joined(first.chat, world);
    await world.cut();
    void say(first.chat, 'damn'); // its page is gone before the answer comes
    await world.advance(10); // long enough to be kept
    first.close();
    const { chat } = open(tab);
    await joined(chat, world);
    await world.advance(100);
    const [message] = messages(chat);
    expect(message?.delivery).toEqual({
      kind: 'failed',
      reason: { code: 'Profanity', text: 'Profanity is not allowed!' },
    });
    chat.retry(message?.key ?? '');
    await world.advance(100);
    expect(messages(chat)[0]?.delivery.kind).toBe('failed');
    chat.discard(message?.key ?? '');
    await world.advance(10);
    expect(messages(chat)).toEqual([]);
  });

  // A33
  test('a deliberate leave says Leave and Bye, and forgets who one was', async () => {
    const { world, server, tab, chat } = await scene();
    server.heard.length = 0;
    const left = chat.leave();
    await world.advance(100);
    await left;
    await world.advance(100);
    const heard = server.heard.filter(({ kind }) => kind !== 'Ping');
    expect(heard).toMatchObject([{ kind: 'Leave' }, { kind: 'Bye' }, { kind: 'Hello', token: null }]);
    expect(chat.room.value).toBeNull();
    expect([...tab.storage.keys()]).toEqual(['chinwag.slot']);
    await joined(chat, world, 'eve');
  });

  test('a leave does not wait for a server that says nothing', async () => {
    const { world, chat } = await scene();
    for (const carrier of world.carriers) {
      carrier.stalled = true;
    }
    const left = chat.leave();
    await world.advance(2_000);
    await left;
  });
});
