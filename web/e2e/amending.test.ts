// What is changed and taken back while not everybody is there; and a word between two.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage();
/** A client that was away for long waits before it tries again. */
const BACK = { timeout: 60_000 };

async function two(): Promise<[Person, Person, string]> {
  const room = set.room();
  return [await set.member('ann', room), await set.member('bob', room), room];
}

async function changes(person: Person, from: string, to: string): Promise<void> {
  await person.focusOn(from);
  await person.press('e');
  await expect.poll(() => person.value(MESSAGE)).toBe(from);
  await person.say(to);
}

// L15, C5, X12
test('L15 C5: a change made while the server is away is shown at once, and takes place when it is back', async () => {
  const [ann, bob] = await two();
  await ann.say('as it was');
  await ann.hasSent('as it was');
  await bob.messageWith('as it was');
  await set.server.kill();
  await changes(ann, 'as it was', 'as it is');
  await ann.messageWith('as it is');
  expect(await bob.heard(['as it is'])).toEqual([]);
  await set.server.up();
  await expect.poll(() => bob.heard(['as it was', 'as it is']), BACK).toEqual(['as it is']);
  await expect.poll(() => ann.heard(['as it was', 'as it is'])).toEqual(['as it is']);
});

// L15, X12
test('L15: what was deleted is gone for whoever comes later, and for whoever comes back', async () => {
  const [ann, bob, room] = await two();
  await ann.say('nobody should read this');
  await ann.hasSent('nobody should read this');
  await bob.messageWith('nobody should read this');
  const away = await bob.path();
  await bob.open('/healthz');
  await ann.focusOn('nobody should read this');
  await ann.press('Delete');
  await ann.click({ role: 'button', name: 'Delete', within: { role: 'dialog' } });
  await ann.messageWith('This message was deleted.');
  await bob.open(away);
  await bob.messageWith('This message was deleted.');
  const cat = await set.member('cat', room);
  await cat.messageWith('This message was deleted.');
  for (const person of [ann, bob, cat]) {
    expect(await person.shown()).not.toContain('nobody should read this');
  }
});

// L15, L16
test('L15 L16: what is deleted is gone from where somebody answers it, and from what a screen reader was told', async () => {
  const [ann, bob] = await two();
  await ann.say('nobody should read this');
  await ann.hasSent('nobody should read this');
  await bob.messageWith('nobody should read this');
  await bob.focusOn('nobody should read this');
  await bob.press('r');
  await expect.poll(() => bob.shown()).toContain('Answering');
  await bob.fill(MESSAGE, 'half an answer');
  const everything = () => bob.page.evaluate(() => document.body.textContent);
  await expect.poll(everything).toContain('ann: nobody should read this');
  await ann.focusOn('nobody should read this');
  await ann.press('Delete');
  await ann.click({ role: 'button', name: 'Delete', within: { role: 'dialog' } });
  await expect.poll(everything).not.toContain('nobody should read this');
  expect(await bob.shown()).toContain('Answering');
  expect(await bob.value(MESSAGE)).toBe('half an answer');
});

// P5
test('P5: a direct message opens a room of two, and turns up with the other one by itself', async () => {
  const [ann, bob, room] = await two();
  await ann.click({ role: 'button', name: { part: 'bob' }, within: { role: 'list', name: 'Users' } });
  await ann.click(button('Message'));
  const opened = (who: Person) =>
    who.page.evaluate(() => document.querySelector('.room-button[aria-current] .room-name')?.textContent ?? '');
  await expect.poll(() => opened(ann)).toBe('bob');
  await ann.say('between us');
  await ann.hasSent('between us');
  const rooms = (who: Person) =>
    who.page.evaluate(() => [...document.querySelectorAll('.room-button .room-name')].map((name) => name.textContent));
  await expect.poll(() => rooms(bob)).toEqual([room, 'ann']);
  expect(await opened(bob)).toBe(room);
  await bob.page.evaluate(() => document.querySelectorAll<HTMLElement>('.room-button')[1]?.click());
  await bob.messageWith('between us');
  const address = await bob.page.evaluate(() => location.href);
  expect(address).toMatch(/\/i#~[0-9a-f]{64}$/);
});
