// Which page speaks for which slot, and what is kept in it.

import { expect, test } from 'vitest';
import { FakeDevice } from '../testing/device.ts';
import { FakeServer } from '../testing/server.ts';
import { type Tab, World } from '../testing/world.ts';
import { Identity } from './identity.ts';
import { publicPlace } from './place.ts';
import type { Lodging } from './slot.ts';
import { Slots } from './slots.ts';

interface Page {
  readonly slots: Slots;
  readonly identity: Identity;
  close(): void;
}

const setting = (): { world: World; device: FakeDevice } => {
  const world = new World(new FakeServer());
  return { world, device: new FakeDevice(world) };
};

function open(tab: Tab): Page {
  const env = tab.environment();
  const life = new AbortController();
  const slots = new Slots(env, life.signal);
  return { slots, identity: new Identity(env, slots), close: () => life.abort() };
}

async function done<T>(world: World, work: Promise<T>): Promise<T> {
  const result: { value?: T } = {};
  void work.then((value) => {
    result.value = value;
  });
  await world.until(() => 'value' in result);
  return result.value as T;
}

const lodging = (room: string, nick: string): Lodging => {
  return { place: publicPlace(room), nick, direct: null, since: 0 };
};

/** Something unsent in this room under this name. */
async function writeIn(world: World, page: Page, room: string, nick: string): Promise<void> {
  const slot = await done(world, page.slots.current());
  const item = { id: 'a', at: 1, order: 1, number: 1, discarded: false, refused: null };
  slot.save(lodging(room, nick), { seat: 5, epoch: 7 }, [
    [1, { ...item, content: { kind: 'Text', body: 'hello', reply: null } }],
  ]);
  await done(world, slot.kept());
}

// X10
test('the same pair is said until it is welcomed, also after a reload, and then the next one', async () => {
  const { world, device } = setting();
  const tab = world.tab(device);
  const first = await done(world, open(tab).identity.greeting());
  expect(first.token).toBeNull();
  const reloaded = open(tab).identity;
  expect(await done(world, reloaded.greeting())).toEqual(first);
  reloaded.welcomed();
  await world.advance(500);
  const second = await done(world, open(tab).identity.greeting());
  expect(second.token).toEqual(first.next);
  expect(second.next).not.toEqual(first.next);
});

test('a pair is on the shelf before it is said', async () => {
  const { world, device } = setting();
  device.writeMs = () => 40;
  const greeting = open(world.tab(device)).identity.greeting();
  let said = false;
  void greeting.then(() => {
    said = true;
  });
  await world.advance(39);
  expect([said, device.rows.size]).toEqual([false, 0]);
  await done(world, greeting);
  expect(device.rows.size).toBe(1);
});

test('a duplicated tab takes a slot of its own', async () => {
  const { world, device } = setting();
  const tab = world.tab(device);
  const one = await done(world, open(tab).slots.current());
  const other = await done(world, open(tab.duplicate()).slots.current());
  expect(other.id).not.toBe(one.id);
});

test('what a page has left unsent is found under its room and name, however they are spelt, and nowhere else', async () => {
  const { world, device } = setting();
  const tab = world.tab(device);
  await writeIn(world, open(tab), 'Lobby', 'Ann');
  tab.crash();
  const { slots } = open(world.tab(device));
  expect(await done(world, slots.unsent([]))).toEqual([{ place: publicPlace('Lobby'), nick: 'Ann', count: 1 }]);
  expect(await done(world, slots.find('lobby', 'bob'))).toBeNull();
  expect(await done(world, slots.find('attic', 'ann'))).toBeNull();
  const found = await done(world, slots.find(publicPlace(' lobby').id, 'ann '));
  expect(found?.room(publicPlace('LOBBY').id).items).toHaveLength(1);
});

test('what another page speaks for is neither found nor told', async () => {
  const { world, device } = setting();
  await writeIn(world, open(world.tab(device)), 'lobby', 'ann');
  const { slots } = open(world.tab(device));
  expect(await done(world, slots.unsent([]))).toEqual([]);
  expect(await done(world, slots.find('lobby', 'ann'))).toBeNull();
});

test('only one of two pages goes on from what a third has left', async () => {
  const { world, device } = setting();
  const tab = world.tab(device);
  await writeIn(world, open(tab), 'lobby', 'ann');
  tab.crash();
  const pages = [open(world.tab(device)), open(world.tab(device))];
  const found = await done(world, Promise.all(pages.map(({ slots }) => slots.find('lobby', 'ann'))));
  expect(found.filter((slot) => slot !== null)).toHaveLength(1);
});

// A20
test('a name that is taken in the meantime does not get what was written under it said by another', async () => {
  const { world, device } = setting();
  const page = open(world.tab(device));
  await writeIn(world, page, 'lobby', 'ann');
  const other = await done(world, page.slots.find('lobby', 'ann2'));
  expect(other?.room('lobby').items).toEqual([]);
  other && page.slots.turnTo(other);
  await world.advance(10);
  expect(await done(world, page.slots.unsent(['lobby']))).toEqual([
    { place: publicPlace('lobby'), nick: 'ann', count: 1 },
  ]);
});

test('a deliberate end keeps what is unsent and nothing else', async () => {
  const { world, device } = setting();
  const page = open(world.tab(device));
  await done(world, page.identity.greeting());
  page.slots.part();
  await world.advance(500);
  expect([...device.rows]).toEqual([]);
  await writeIn(world, page, 'lobby', 'ann');
  page.slots.opened.save(lodging('attic', 'ann'), { seat: 6, epoch: 7 }, []);
  page.slots.part();
  await world.advance(500);
  expect(JSON.stringify([...device.rows])).toContain('hello');
  expect(JSON.stringify([...device.rows])).not.toContain('attic');
});

test('an idle slot that nobody comes back to is removed, one with something unsent is not', async () => {
  const { world, device } = setting();
  const [idle, busy] = [world.tab(device), world.tab(device)];
  await done(world, open(idle).identity.greeting());
  const writer = open(busy);
  await done(world, writer.identity.greeting());
  await writeIn(world, writer, 'lobby', 'ann');
  idle.crash();
  busy.crash();
  await world.advance(40 * 24 * 60 * 60_000);
  const { slots } = open(world.tab(device));
  expect(await done(world, slots.unsent([]))).toEqual([{ place: publicPlace('lobby'), nick: 'ann', count: 1 }]);
  await world.advance(500);
  expect(new Set([...device.rows.keys()].map((key) => key.split('/')[0])).size).toBe(1);
});

test.each(['forbidden', 'stuck'] as const)('where the shelf is %s a reload is still the same person', async (how) => {
  const { world, device } = setting();
  device[how] = true;
  const tab = world.tab(device);
  const first = await done(world, open(tab).identity.greeting());
  expect(await done(world, open(tab).identity.greeting())).toEqual(first);
});
