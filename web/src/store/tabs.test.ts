// One person in several tabs, or on several devices: one identity, one place in the list, and what is read follows (R1, P4).

import { describe, expect, test } from 'vitest';
import { Company, card, message, type Person, texts } from '../testing/people.ts';

/** ann in this room from two tabs of one browser, and bob. */
async function scene(room = 'lobby') {
  const company = new Company();
  const bob = await company.comes('bob', room);
  const first = await company.comes('ann', room);
  const second = company.sit(company.world.tab(first.tab.device));
  await company.enters(second, 'ann', room);
  return { company, world: company.world, server: company.server, bob, first, second };
}

const nicks = ({ chat }: Person): string[] => (chat.room.value?.members ?? []).map(({ nick }) => nick);
const lines = ({ chat }: Person): string[] =>
  (chat.room.value?.timeline ?? []).flatMap((item) => (item.kind === 'line' ? item.text : []));

async function says(company: Company, { chat }: Person, body: string, reply?: number): Promise<void> {
  const sent = chat.send({ kind: 'text', body }, reply);
  expect(await company.done(sent)).toEqual({ kind: 'sent' });
  await company.world.advance(50);
}

describe('two tabs under one name', () => {
  test('are one person, whose coming is told once', async () => {
    const { bob, first, second } = await scene();
    for (const person of [bob, first, second]) {
      expect(nicks(person)).toEqual(['bob', 'ann']);
    }
    expect(first.chat.room.value?.you).toBe(second.chat.room.value?.you);
    expect(lines(bob).filter((line) => line === 'ann has joined!')).toHaveLength(1);
  });

  test('under another name are somebody else', async () => {
    const { company, first } = await scene();
    const eve = company.sit(company.world.tab(first.tab.device));
    await company.enters(eve, 'eve', 'lobby');
    expect(nicks(first)).toEqual(['bob', 'ann', 'eve']);
    expect(eve.chat.room.value?.you).not.toBe(first.chat.room.value?.you);
  });

  test('show what either says as one’s own, once and in order', async () => {
    const { company, first, second } = await scene();
    await says(company, first, 'one');
    await says(company, second, 'two');
    await says(company, first, 'three');
    for (const { chat } of [first, second]) {
      expect(texts(chat)).toEqual(['one', 'two', 'three']);
      expect(texts(chat).map((text) => message(chat, text).mine)).toEqual([true, true, true]);
      expect(card(chat, 'lobby')?.unread).toBe(0);
    }
  });

  test('let one edit, delete and take back in the one what was said in the other', async () => {
    const { company, bob, first, second } = await scene();
    await says(company, first, 'one');
    await says(company, first, 'two');
    const { seq } = message(second.chat, 'one');
    await company.done(first.chat.react(seq, '👍', true));
    await company.world.advance(50);
    expect(message(second.chat, 'one').reactions).toMatchObject([{ count: 1, mine: true }]);
    expect(await company.done(second.chat.react(seq, '👍', false))).toEqual({ kind: 'sent' });
    expect(await company.done(second.chat.edit(seq, 'uno'))).toEqual({ kind: 'sent' });
    expect(await company.done(second.chat.remove(message(second.chat, 'two').seq))).toEqual({ kind: 'sent' });
    await company.world.advance(50);
    for (const { chat } of [bob, first, second]) {
      expect(texts(chat)).toEqual(['uno', '(deleted)']);
      expect(message(chat, 'uno').reactions).toEqual([]);
    }
  });

  test('are renamed together, and come back under the new name', async () => {
    const { company, world, bob, first, second } = await scene();
    expect(await company.done(first.chat.rename('anna'))).toEqual({ ok: true });
    await world.advance(50);
    for (const person of [bob, first, second]) {
      expect(nicks(person).sort()).toEqual(['anna', 'bob']);
    }
    expect(second.chat.room.value?.nick).toBe('anna');
    await world.cut();
    await world.until(() => second.chat.connection.value.kind === 'live');
    await world.advance(3_000);
    expect(nicks(bob).sort()).toEqual(['anna', 'bob']);
    const reloaded = company.sit(second.tab);
    await company.enters(reloaded, 'anna', 'lobby');
    expect(nicks(reloaded).sort()).toEqual(['anna', 'bob']);
    expect(reloaded.chat.room.value?.you).toBe(first.chat.room.value?.you);
  });

  test('leave together, and the other one says why', async () => {
    const { company, world, bob, first, second } = await scene();
    await company.done(first.chat.leave());
    await world.advance(50);
    expect(second.chat.room.value).toBeNull();
    expect(second.chat.parting.value).toEqual({ kind: 'elsewhere', room: 'lobby' });
    expect(first.chat.parting.value).toBeNull();
    expect(nicks(bob)).toEqual(['bob']);
    await company.enters(second, 'ann', 'lobby');
    expect(second.chat.parting.value).toBeNull();
    expect(nicks(bob)).toEqual(['bob', 'ann']);
  });

  test('a room left in one is left in the other, which goes on in the next', async () => {
    const { company, first, second } = await scene();
    await company.enters(second, 'ann', 'den');
    await company.world.advance(100);
    expect(first.chat.rooms.value.map(({ name }) => name)).toEqual(['lobby', 'den']);
    await company.done(first.chat.leave(card(first.chat, 'den')?.id));
    await company.world.advance(50);
    expect(second.chat.room.value?.name).toBe('lobby');
    expect(second.chat.parting.value).toEqual({ kind: 'elsewhere', room: 'den' });
    second.chat.forgetParting();
    expect(second.chat.parting.value).toBeNull();
  });

  test('what is not sent in one stays there when the room is left in the other', async () => {
    const { company, world, server, first, second } = await scene();
    server.full = () => true;
    void second.chat.send({ kind: 'text', body: 'not yet' }); // seen below
    await world.advance(50);
    await company.done(first.chat.leave());
    server.full = () => false;
    await world.until(() => second.chat.unsent.value.length > 0);
    expect(second.chat.unsent.value).toMatchObject([{ room: 'lobby', nick: 'ann', count: 1 }]);
    await company.enters(second, 'ann', 'lobby');
    await world.until(() => server.texts('lobby').length > 0);
    expect(server.texts('lobby')).toEqual(['not yet']);
  });

  test('a third one opens the rooms that the others are in under this name', async () => {
    const { company, first, second } = await scene();
    await company.enters(first, 'ann', 'den');
    await company.enters(second, 'ann', { kind: 'private', key: new Uint8Array(32).fill(7), name: 'secret' });
    const eve = company.sit(company.world.tab(first.tab.device));
    await company.enters(eve, 'eve', 'elsewhere');
    await company.world.advance(1_000);
    const third = company.sit(company.world.tab(first.tab.device));
    await company.enters(third, 'ann', 'lobby');
    await company.world.until(() => third.chat.rooms.value.length === 3);
    expect(third.chat.rooms.value.map(({ name }) => name).sort()).toEqual(['den', 'lobby', 'secret']);
    expect(third.chat.room.value?.name).toBe('lobby');
    expect(eve.chat.rooms.value.map(({ name }) => name)).toEqual(['elsewhere']);
  });

  test('a direct message opens in both', async () => {
    const { company, bob, first, second } = await scene();
    const to = first.chat.room.value?.members.find(({ nick }) => nick === 'bob');
    await company.done(first.chat.message(to ?? { id: 0, nick: '', away: false }));
    await says(company, first, 'psst');
    await company.world.until(() => card(second.chat, 'bob')?.unread === 0 && card(bob.chat, 'ann')?.unread === 1);
    second.chat.activate(card(second.chat, 'bob')?.id ?? '');
    expect(message(second.chat, 'psst').mine).toBe(true);
  });
});

describe('what is read', () => {
  test('follows over the server to another device', async () => {
    const { company, world, server, first } = await scene();
    const device = company.world.tab();
    for (const [key, value] of first.tab.device.storage) {
      if (key.startsWith('chinwag.person.')) {
        device.device.storage.set(key, value);
      }
    }
    const other = company.sit(device);
    await company.enters(other, 'ann', 'lobby');
    server.post('lobby', 'one');
    server.post('lobby', 'two');
    await world.advance(50);
    expect(card(other.chat, 'lobby')?.unread).toBe(2);
    first.chat.markRead(1);
    await world.advance(500);
    expect(card(other.chat, 'lobby')?.unread).toBe(1);
    expect(other.chat.room.value?.readUpTo).toBe(1);
    other.chat.markRead(2);
    await world.advance(500);
    expect(card(first.chat, 'lobby')?.unread).toBe(0);
  });

  test('what was read without a connection is told on return, and never goes back', async () => {
    const { company, world, server, first, second } = await scene();
    server.post('lobby', 'one');
    await world.advance(50);
    world.tcp = 'closed';
    world.udp = 'closed';
    await world.cut();
    first.chat.markRead(1);
    await world.advance(500);
    world.tcp = 'works';
    world.udp = 'works';
    await world.until(
      () => first.chat.connection.value.kind === 'live' && second.chat.connection.value.kind === 'live',
    );
    await world.advance(500);
    const elsewhere = company.sit();
    elsewhere.tab.device.storage.set('chinwag.person.ann', first.tab.device.storage.get('chinwag.person.ann') ?? '');
    await company.enters(elsewhere, 'ann', 'lobby');
    expect(elsewhere.chat.room.value?.readUpTo).toBe(1);
    expect(card(elsewhere.chat, 'lobby')?.unread).toBe(0);
  });

  test('a device that comes for the first time goes on from where the others have read', async () => {
    const { company, world, server, first } = await scene();
    server.post('lobby', 'one');
    server.post('lobby', 'two');
    await world.advance(50);
    first.chat.markRead(1);
    await world.advance(500);
    const other = company.sit();
    other.tab.device.storage.set('chinwag.person.ann', first.tab.device.storage.get('chinwag.person.ann') ?? '');
    await company.enters(other, 'ann', 'lobby');
    expect(card(other.chat, 'lobby')?.unread).toBe(1);
  });
});

describe('what is not sent', () => {
  test('by a tab that is gone goes on under the new name when one is renamed in another', async () => {
    const { company, world, server, first, second } = await scene();
    world.tcp = 'closed';
    world.udp = 'closed';
    await world.cut();
    void first.chat.send({ kind: 'text', body: 'in the dark' }); // seen below
    await world.advance(100);
    first.tab.crash();
    world.tcp = 'works';
    world.udp = 'works';
    await world.until(() => second.chat.connection.value.kind === 'live');
    await world.advance(1_000);
    expect(await company.done(second.chat.rename('anna'))).toEqual({ ok: true });
    await world.advance(1_000);
    const third = company.sit(world.tab(first.tab.device));
    await world.until(() => third.chat.unsent.value.length > 0);
    expect(third.chat.unsent.value).toMatchObject([{ room: 'lobby', nick: 'anna', count: 1 }]);
    await company.enters(third, 'anna', 'lobby');
    await world.until(() => server.texts('lobby').length > 0);
    expect(server.texts('lobby')).toEqual(['in the dark']);
    expect(message(second.chat, 'in the dark')).toMatchObject({ nick: 'anna', mine: true });
  });
});
