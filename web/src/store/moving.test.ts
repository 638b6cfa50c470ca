// Moves between transports under way, by the whole client: nothing is lost, doubled or put out of order, and nobody
// waits long. The times are virtual.

import { expect, test } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { seeded, type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import type { Chat, Message } from './types.ts';

const GAP_MS = 2_000;
/** How finely gaps are measured. */
const STEP_MS = 50;
const SAID = 500;
const SLOW_MACHINE = { timeout: 60_000 };

interface Stage {
  readonly world: World;
  readonly server: FakeServer;
  readonly tab: Tab;
  readonly chat: Chat;
}

/** A member of a room on a network with this round trip. */
async function joined(roundTripMs: number, seed = 1): Promise<Stage> {
  const server = new FakeServer();
  const world = new World(server, seeded(seed));
  network(world, roundTripMs);
  const tab = world.tab();
  const chat = createChat(tab.environment());
  // The end of the test waits for the room.
  void chat.join({ kind: 'public', name: 'lobby' }, 'ann');
  await world.until(() => chat.room.value !== null, 120_000);
  return { world, server, tab, chat };
}

function network(world: World, roundTripMs: number): void {
  world.latency = roundTripMs / 2;
  world.handshakeMs.WebTransport = roundTripMs * 2;
  world.handshakeMs.WebSocket = roundTripMs * 3;
}

const transport = ({ chat }: Stage): string => {
  const { value } = chat.connection;
  return value.kind === 'live' ? value.transport : value.kind;
};

const moves = ({ chat }: Stage): string[] => chat.moves.value.map(({ from, to, reason }) => `${from} ${to} ${reason}`);

function texts(chat: Chat): string[] {
  const messages = (chat.room.value?.timeline ?? []).filter((item): item is Message => item.kind === 'message');
  return messages.map(({ content }) => (content.kind === 'text' ? content.body : '?'));
}

/** Says something every `everyMs`, `count` times; answers the longest time between two messages that were stored. */
async function flood(
  { world, server, chat }: Stage,
  count: number,
  everyMs: number,
  at: (n: number) => void,
): Promise<number> {
  let longest = 0;
  let [stored, since] = [server.texts('lobby').length, world.now];
  const look = (): void => {
    const now = server.texts('lobby').length;
    if (now > stored) {
      longest = Math.max(longest, world.now - since);
      [stored, since] = [now, world.now];
    }
  };
  for (let n = 0; n < count; n += 1) {
    at(n);
    // What becomes of it is looked up in the log at the end.
    void chat.send({ kind: 'text', body: `mine ${n}` });
    for (let part = 0; part < everyMs; part += STEP_MS) {
      await world.advance(STEP_MS);
      look();
    }
  }
  await world.until(() => server.texts('lobby').length === count, 30_000);
  look();
  return longest;
}

const wanted = (count: number): string[] => Array.from({ length: count }, (_, n) => `mine ${n}`);

test.each(Array.from({ length: 6 }, (_, seed) => seed))(
  'a flood goes through ten cuts of UDP without a loss, and no gap is longer than two seconds (%i)',
  SLOW_MACHINE,
  async (seed) => {
    const random = seeded(seed + 100);
    const stage = await joined(50, seed);
    const { world, server, chat } = stage;
    server.page = 2_000;
    let [cuts, until] = [0, 0];
    const gap = await flood(stage, SAID, 400, () => {
      if (world.udp === 'works' && cuts < 10 && transport(stage) === 'WebTransport' && random() < 0.3) {
        world.udp = 'drops';
        until = world.now + 2_000 + random() * 5_000;
        cuts += 1;
      } else if (world.udp === 'drops' && world.now >= until) {
        world.udp = 'works';
      }
    });
    expect(cuts, `seed ${seed}`).toBe(10);
    expect(gap, `seed ${seed}`).toBeLessThanOrEqual(GAP_MS);
    expect(server.texts('lobby'), `seed ${seed}`).toEqual(wanted(SAID));
    await world.advance(1_000);
    expect(texts(chat), `seed ${seed}`).toEqual(wanted(SAID));
    // The server hears of every move, as it was.
    const heard = server.heard.flatMap((command) =>
      command.kind === 'Moved' ? [`${command.from} ${command.reason}`] : [],
    );
    expect(heard).toEqual(chat.moves.value.slice(-heard.length).map(({ from, reason }) => `${from} ${reason}`));
    expect(heard.filter((move) => move === 'WebTransport Stalled').length).toBe(10);
  },
);

test('UDP dropped from the start: the chat is usable within a second', async () => {
  const server = new FakeServer();
  const world = new World(server);
  network(world, 50);
  world.udp = 'drops';
  const chat = createChat(world.tab().environment());
  // The end of the test waits for the room.
  void chat.join({ kind: 'public', name: 'lobby' }, 'ann');
  await world.until(() => chat.room.value !== null);
  expect(world.elapsed()).toBeLessThanOrEqual(1_000);
});

test.each(Array.from({ length: 24 }, (_, n) => n * 4_100))(
  'the session is back on WebTransport within a minute after UDP is (cut for %i ms more)',
  async (more) => {
    const stage = await joined(50);
    await stage.world.advance(5_000);
    stage.world.udp = 'drops';
    await stage.world.until(() => transport(stage) === 'WebSocket');
    await stage.world.advance(more);
    stage.world.udp = 'works';
    const back = stage.world.now;
    await stage.world.until(() => transport(stage) === 'WebTransport');
    expect(stage.world.now - back).toBeLessThanOrEqual(60_000);
    expect(moves(stage)).toEqual(['WebTransport WebSocket Stalled', 'WebSocket WebTransport Better']);
  },
);

test('after a stall a reload begins with WebSocket, and after the way back with WebTransport again', async () => {
  const { world, tab, chat } = await joined(50);
  await world.advance(5_000);
  world.udp = 'drops';
  await world.until(() => chat.connection.value.kind === 'live' && chat.connection.value.transport === 'WebSocket');
  const first = async (): Promise<string | undefined> => {
    const dials = world.dials.length;
    const life = new AbortController();
    createChat(world.tab(tab.device).environment(), life.signal);
    await world.until(() => world.dials.length > dials);
    life.abort();
    return world.dials[dials]?.transport;
  };
  expect(await first()).toBe('WebSocket');
  world.udp = 'works';
  await world.until(() => chat.connection.value.kind === 'live' && chat.connection.value.transport === 'WebTransport');
  expect(await first()).toBe('WebTransport');
});

test.each([300, 1_000, 2_000])('on a network with a round trip of %i ms nothing moves', async (roundTripMs) => {
  const stage = await joined(roundTripMs);
  const settled = (): boolean => transport(stage) === 'WebTransport';
  await stage.world.until(settled, 120_000);
  const before = moves(stage).length;
  await flood(stage, 100, 1_700, () => undefined);
  await stage.world.advance(120_000);
  expect(moves(stage).slice(before)).toEqual([]);
  expect(texts(stage.chat).slice(-3)).toEqual(wanted(100).slice(-3));
});

test('a network that becomes slow is stayed with, or left once at most', async () => {
  const stage = await joined(40);
  await stage.world.advance(20_000);
  network(stage.world, 1_500);
  await flood(stage, 60, 1_000, () => undefined);
  await stage.world.advance(60_000);
  const left = moves(stage).filter((move) => move.endsWith('Stalled'));
  expect(left.length).toBeLessThanOrEqual(1);
});

test('a quiet session whose connection stalls is elsewhere within five seconds', async () => {
  const stage = await joined(50);
  await stage.world.advance(31_234);
  const cut = stage.world.now;
  stage.world.udp = 'drops';
  await stage.world.until(() => transport(stage) === 'WebSocket');
  expect(stage.world.now - cut).toBeLessThanOrEqual(5_000);
});

// K5
test('a page that wakes up to a dead connection is back within two seconds', async () => {
  const stage = await joined(50);
  stage.tab.happens('hidden');
  await stage.world.advance(61_000);
  stage.world.udp = 'drops';
  await stage.world.advance(100);
  const looked = stage.world.now;
  stage.tab.happens('visible');
  await stage.world.until(() => transport(stage) === 'WebSocket');
  expect(stage.world.now - looked).toBeLessThanOrEqual(GAP_MS);
});

test('a connection replaced by a late Hello of its own is resumed', async () => {
  const stage = await joined(50);
  const { world, server, chat } = stage;
  const [carrier] = [...world.carriers];
  if (carrier !== undefined) {
    server.bye(carrier, 'Replaced', 1_000);
  }
  await world.until(() => chat.connection.value.kind === 'reconnecting');
  await world.until(() => chat.connection.value.kind === 'live', 5_000);
  expect(moves(stage)).toEqual(['WebTransport WebTransport Told']);
  await world.advance(1_000);
  expect(server.heard.filter(({ kind }) => kind === 'Moved')).toEqual([
    { kind: 'Moved', from: 'WebTransport', reason: 'Told' },
  ]);
});
