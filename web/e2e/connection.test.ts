// The connection: what it says of itself, what a lost one costs, coming back.

import { expect, test } from 'vitest';
import type { Query } from './rig/finder.ts';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage();
const LIVE = /WebTransport|WebSocket/;
/** A client that was away for long waits before it tries again. */
const BACK = { timeout: 60_000 };
const NEXT_LOOK = { timeout: 60_000 };

const DETAILS: Query = { role: 'button', name: { part: 'Connection details' } };
const PANEL: Query = { role: 'dialog', name: 'Connection' };

/** The changes of connection, the newest first, as they are told. */
const changes = (person: Person) => person.texts({ role: 'listitem', within: PANEL });

test('U: the state of the connection names the transport and the round trip in ms', async () => {
  const ann = await set.member('ann', set.room());
  // On a machine so busy that WebSocket won the race, the client moves to WebTransport at its next look.
  const best = new RegExp(`${set.engine.transport}.*\\d+\\s*ms`);
  await expect.poll(() => ann.connection(), NEXT_LOOK).toMatch(best);
});

test('X3 X12: a server killed and started again costs nobody a message, a place or an order', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const said = ['before the cut', 'ann in the dark', 'bob in the dark', 'after the cut'];
  await ann.say('before the cut');
  await ann.hasSent('before the cut');
  await bob.messageWith('before the cut');
  await set.server.kill();
  for (const person of [ann, bob]) {
    await expect.poll(() => person.connection()).toContain('Reconnecting');
  }
  await ann.say('ann in the dark');
  await bob.say('bob in the dark');
  await set.server.up();
  for (const person of [ann, bob]) {
    await expect.poll(() => person.connection(), BACK).toMatch(LIVE);
  }
  await ann.hasSent('ann in the dark');
  await bob.hasSent('bob in the dark');
  await ann.say('after the cut');
  await expect.poll(async () => (await bob.heard(said)).length).toBe(said.length);
  const heard = await bob.heard(said);
  expect(heard[0]).toBe('before the cut');
  expect([...heard].sort()).toEqual([...said].sort());
  await expect.poll(() => ann.heard(said)).toEqual(heard);
  // Who is back first comes first.
  await expect.poll(async () => (await ann.users()).sort()).toEqual(['ann', 'bob']);
  // Nobody is said to have gone.
  expect(await ann.linesWith('has left!')).toBe(0);
  expect(await bob.linesWith('has left!')).toBe(0);
});

// J2
test('X10: a reload never meets "in use!" with oneself, and shows what was said', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await bob.say('said before the reload');
  await ann.messageWith('said before the reload');
  await ann.page.reload();
  await ann.sees(MESSAGE);
  await ann.messageWith('said before the reload');
  expect(await ann.alert()).toBe('');
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
  await ann.say('said after the reload');
  await bob.messageWith('said after the reload');
  expect(await bob.linesWith('has left!')).toBe(0);
  expect(await bob.linesWith('ann has joined!')).toBe(0);
});

test('X12: what was said while one was away is there on return', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await bob.page.goto('about:blank');
  await ann.say('one');
  await ann.say('two');
  await ann.hasSent('two');
  await bob.open(`/r/${room}`);
  await bob.sees({ role: 'log' });
  await expect.poll(() => bob.heard(['one', 'two'])).toEqual(['one', 'two']);
});

// L8
test('X12: a message that cannot go out says so, and is sent once when the server is back', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await set.server.kill();
  await ann.say('is anybody there');
  expect((await ann.messageWith('is anybody there')).busy).toBe(true);
  await expect.poll(() => ann.shown()).toContain('sent as soon as');
  await set.server.up();
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  await ann.hasSent('is anybody there');
  await expect.poll(() => bob.heard(['is anybody there'])).toEqual(['is anybody there']);
});

test('X12: a server that hangs is noticed, said, and left behind; the message is stored once', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await set.server.freeze();
  await ann.say('are you asleep');
  const told = async () =>
    (await ann.messageWith('are you asleep')).retry || (await ann.connection()).includes('Reconnecting');
  await expect.poll(told, BACK).toBe(true);
  set.server.thaw();
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  if ((await ann.messageWith('are you asleep')).retry) {
    await ann.click(button('Retry'));
  }
  await ann.hasSent('are you asleep');
  await expect.poll(() => bob.heard(['are you asleep'])).toEqual(['are you asleep']);
});

test('what carries the connection, and why it changed, is told on demand', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(/\d+\s*ms/);
  await ann.click(DETAILS);
  await ann.sees(PANEL);
  const told = async () => (await ann.texts(PANEL)).join('\n');
  await expect.poll(told).toMatch(/Carried by\s*(WebTransport|WebSocket)/);
  expect(await told()).toMatch(/Round trip\s*[\d,]+ ms/);
  const before = (await changes(ann)).length;
  await set.server.kill();
  await expect.poll(() => ann.connection(), BACK).toContain('Reconnecting');
  await set.server.up();
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  // The panel has stayed open, and tells of it.
  const first = async () => (await changes(ann)).reverse()[before] ?? '';
  const ways = /WebTransport → WebSocket|WebSocket → WebTransport|WebTransport, anew|WebSocket, anew/;
  await expect.poll(first).toMatch(ways);
  expect(await first()).toMatch(/The connection was lost|UDP stopped answering|Nothing came any more/);
  await ann.press('Escape');
  await expect.poll(() => ann.count(PANEL)).toBe(0);
  expect(await ann.hasFocus(DETAILS)).toBe(true);
});
