// A room opens without a network as this device has kept it (B5), and one can go on writing in it (C5).

import { expect, test } from 'vitest';
import { FakeDevice } from '../testing/device.ts';
import { FakeServer } from '../testing/server.ts';
import { type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import { KEPT } from './shelf.ts';
import type { Chat, JoinResult } from './types.ts';

const LATER_MS = 5_000;

const open = (tab: Tab): Chat => createChat(tab.environment());
const enter = (chat: Chat): Promise<JoinResult> => chat.join({ kind: 'public', name: 'lobby' }, 'ann');
const bodies = (chat: Chat): string[] =>
  (chat.room.value?.timeline ?? []).flatMap((item) => {
    if (item.kind === 'line') {
      return [];
    }
    return [item.content.kind === 'text' ? item.content.body : item.content.kind];
  });

interface Scene {
  readonly world: World;
  readonly server: FakeServer;
  readonly device: FakeDevice;
  readonly tab: Tab;
  readonly chat: Chat;
}

async function scene(): Promise<Scene> {
  const server = new FakeServer();
  const world = new World(server);
  const device = new FakeDevice(world);
  const tab = world.tab(device);
  const chat = open(tab);
  void enter(chat); // seen below
  await world.until(() => chat.room.value !== null);
  return { world, server, device, tab, chat };
}

/** The page is closed and opened again, without a way to the server. */
async function opensInTheDark({ world, tab }: Scene): Promise<Chat> {
  await world.advance(LATER_MS);
  world.tcp = 'closed';
  world.udp = 'closed';
  await world.cut();
  tab.crash();
  const chat = open(tab);
  void enter(chat); // seen by whoever looks at the room
  await world.advance(LATER_MS);
  return chat;
}

async function lights(world: World): Promise<void> {
  world.tcp = 'works';
  world.udp = 'works';
  await world.advance(10 * LATER_MS);
}

test('without a way to the server the room is shown as it was, and told to be so', async () => {
  const before = await scene();
  for (const text of ['one', 'two']) {
    before.server.post('lobby', text);
  }
  const chat = await opensInTheDark(before);
  expect(bodies(chat)).toEqual(['one', 'two']);
  expect(chat.room.value).toMatchObject({ name: 'lobby', nick: 'ann' });
  expect(chat.room.value?.keptAt).toBeGreaterThan(0);
  expect(chat.rooms.value).toMatchObject([{ name: 'lobby', unread: 0, joined: false }]);
});

test('if the server does not take one in after all, the reason is told, and what was written waits', async () => {
  const before = await scene();
  before.server.post('lobby', 'one');
  const chat = await opensInTheDark(before);
  void chat.send({ kind: 'text', body: 'not yet said' }); // seen below
  await before.world.advance(500);
  const somebodyElse = open(before.world.tab());
  before.server.rooms.get('lobby')?.seats.splice(0); // the name is free by then
  before.world.tcp = 'works';
  void enter(somebodyElse); // comes first, because the others wait before they try again
  await before.world.until(() => somebodyElse.room.value !== null);
  await lights(before.world);
  expect(chat.room.value).toBeNull();
  expect(chat.parting.value).toEqual({
    kind: 'refused',
    room: 'lobby',
    code: 'NameInUse',
    text: 'Username is in use!',
  });
  expect(chat.unsent.value).toMatchObject([{ room: 'lobby', nick: 'ann', count: 1 }]);
});

test('what is written there goes out when the server is back; the room stands there once', async () => {
  const before = await scene();
  before.server.post('lobby', 'one');
  const chat = await opensInTheDark(before);
  const sent = chat.send({ kind: 'text', body: 'in the dark' });
  before.server.post('lobby', 'meanwhile');
  await before.world.advance(1);
  expect(bodies(chat)).toEqual(['one', 'in the dark']);
  await lights(before.world);
  expect(await sent).toMatchObject({ kind: expect.stringMatching(/sent|failed/) });
  expect(before.server.texts('lobby')).toEqual(['one', 'meanwhile', 'in the dark']);
  expect(bodies(chat)).toEqual(['one', 'meanwhile', 'in the dark']);
  expect(chat.room.value?.keptAt).toBeNull();
});

test('what was written there is by oneself after another opening, also once it is refused', async () => {
  const before = await scene();
  before.server.post('lobby', 'one');
  const chat = await opensInTheDark(before);
  void chat.send({ kind: 'text', body: 'damn' }); // seen below
  await before.world.advance(500);
  before.tab.crash();
  const again = open(before.tab);
  void enter(again); // seen by whoever looks at the room
  await before.world.advance(LATER_MS);
  const by = () => again.room.value?.timeline.flatMap((item) => (item.kind === 'line' || !item.mine ? [] : [item]));
  const self = { nick: 'ann', author: again.room.value?.you };
  expect(by()).toMatchObject([{ ...self, delivery: { kind: 'pending' } }]);
  await lights(before.world);
  expect(by()).toMatchObject([{ nick: 'ann', author: again.room.value?.you, delivery: { kind: 'failed' } }]);
});

test('what was deleted or edited is so on the device, too', async () => {
  const before = await scene();
  for (const body of ['a slip', 'a tpyo']) {
    void before.chat.send({ kind: 'text', body }); // seen below
  }
  await before.world.until(() => before.server.texts('lobby').length === 2);
  await before.world.advance(LATER_MS);
  expect(JSON.stringify(await before.device.attic.rows(''))).toContain('a slip');
  const seqs = (before.chat.room.value?.timeline ?? []).flatMap((item) => (item.kind === 'message' ? [item.seq] : []));
  void before.chat.remove(seqs[0] ?? 0); // seen below
  void before.chat.edit(seqs[1] ?? 0, 'a typo');
  await before.world.advance(LATER_MS);
  const kept = JSON.stringify(await before.device.attic.rows(''));
  expect(kept).not.toContain('a slip');
  expect(kept).not.toContain('a tpyo');
  expect(bodies(await opensInTheDark(before))).toEqual(['deleted', 'a typo']);
});

test('what is deleted in a room that is not open is gone from the device at once', async () => {
  const before = await scene();
  before.server.post('lobby', 'a slip');
  await before.world.advance(LATER_MS);
  const [slip] = (before.chat.room.value?.timeline ?? []).filter((item) => item.kind === 'message');
  void before.chat.join({ kind: 'public', name: 'attic' }, 'ann'); // seen below
  await before.world.until(() => before.chat.room.value?.name === 'attic');
  await before.world.advance(LATER_MS);
  expect(JSON.stringify(await before.device.attic.rows(''))).toContain('a slip');
  before.server.commit('lobby', { kind: 'Delete', of: slip?.kind === 'message' ? slip.seq : 0 });
  await before.world.advance(500);
  expect(JSON.stringify(await before.device.attic.rows(''))).not.toContain('a slip');
});

test('only the last messages are kept, however long one stays', async () => {
  const before = await scene();
  for (let n = 0; n < 2 * KEPT; n += 1) {
    before.server.post('lobby', `message ${n}`);
  }
  const chat = await opensInTheDark(before);
  expect(bodies(chat).length).toBe(KEPT);
  expect(bodies(chat).at(-1)).toBe(`message ${2 * KEPT - 1}`);
});

test('a room that was left is forgotten', async () => {
  const before = await scene();
  before.server.post('lobby', 'one');
  await before.world.advance(LATER_MS);
  expect(await before.device.attic.rows('')).toHaveLength(1);
  void before.chat.leave(); // seen below
  await before.world.advance(LATER_MS);
  expect(await before.device.attic.rows('')).toHaveLength(0);
});

test('with a way to the server nothing of it is shown: the server’s word is there first', async () => {
  const before = await scene();
  before.server.post('lobby', 'one');
  await before.world.advance(LATER_MS);
  before.tab.crash();
  const chat = open(before.tab);
  const shown: (number | null)[] = [];
  chat.room.subscribe((room) => room !== null && shown.push(room.keptAt));
  void enter(chat); // seen below
  await before.world.advance(LATER_MS);
  expect(bodies(chat)).toEqual(['one']);
  expect(shown.every((at) => at === null)).toBe(true);
});
