// Where one is: found, not allowed, not there. `navigator.geolocation` is replaced alike in every engine.

import { expect, inject, test } from 'vitest';
import { button, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage();
const SEND = button('Send location');
/** On the card that shows the place before anybody else sees it. */
const CONFIRM = button('Send this location');
const CARD: Query = { role: 'group', name: 'Your location' };

async function isFree(person: Person): Promise<void> {
  await expect.poll(() => person.isDisabled(SEND), { message: 'the button is given back' }).toBe(false);
}

test('A25 A26 A27: the room gets a link to a map at the position, and the button waits meanwhile', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.locate({ kind: 'held', latitude: 51.5007, longitude: -0.1246 });
  await ann.click(SEND);
  await expect.poll(() => ann.isDisabled(SEND)).toBe(true);
  expect(
    await ann.page.evaluate(() => document.querySelector('[aria-busy=true], progress, [class*=spin]') !== null),
  ).toBe(true);
  await ann.page.evaluate(() => globalThis.chinwagRig.release());
  await ann.sees(CONFIRM);
  expect(await ann.isDisabled(SEND)).toBe(true);
  await ann.click(CONFIRM);
  for (const person of [ann, bob]) {
    const message = await person.messageWith('My current location');
    expect(message.text).toContain('ann');
    expect(Date.parse(message.datetime)).toBeGreaterThan(0);
    const link = message.links.find(({ text }) => text.includes('My current location'));
    expect(link?.href).toMatch(/^https:\/\/www\.openstreetmap\.org\/.*51\.5007.*-0\.1246/);
    expect(link?.target).toBe('_blank');
    expect(link?.rel.split(' ')).toEqual(expect.arrayContaining(['noopener', 'noreferrer']));
  }
  await isFree(ann);
});

test('A24: without geolocation a clear sentence says so', async () => {
  const ann = await set.person();
  await ann.open(`/r/${set.room()}`);
  await ann.locate({ kind: 'missing' });
  await ann.askToJoin('ann', set.room());
  await ann.arrives();
  await ann.click(SEND);
  await expect.poll(() => ann.alert()).toMatch(/browser cannot|not supported/i);
  await isFree(ann);
});

// C10
test('X6 C10: a denied or timed-out position gives the button back, with the reason', async () => {
  const ann = await set.member('ann', set.room());
  await ann.locate({ kind: 'refused', code: 1 });
  await ann.click(SEND);
  await expect.poll(() => ann.alert()).toMatch(/allow/i);
  await isFree(ann);
  await ann.locate({ kind: 'refused', code: 3 });
  await ann.click(SEND);
  await expect.poll(() => ann.alert()).toMatch(/too long/i);
  await isFree(ann);
  expect((await ann.articles()).length).toBe(0);
});

test('X9: a position outside the globe is refused with a reason', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.locate({ kind: 'found', latitude: 91, longitude: 0 });
  await ann.click(SEND);
  await ann.click(CONFIRM);
  await expect.poll(() => ann.alert()).not.toBe('');
  await isFree(ann);
  await ann.say('after it');
  await bob.messageWith('after it');
  expect((await bob.articles()).length).toBe(1);
});

// C10
// WebKitGTK's driver does not get through the choices by keys.
test.runIf(inject('engine') !== 'webkit')(
  'C10: nothing is asked before the click; a place is looked at, made rough and sent by keyboard',
  async () => {
    const room = set.room();
    const bob = await set.member('bob', room);
    // The last one to come has the window that the system gives the keyboard to: Firefox clicks no button elsewhere.
    const ann = await set.member('ann', room);
    await ann.locate({ kind: 'found', latitude: 51.50071, longitude: -0.12464 });
    await ann.fill(MESSAGE, '/location');
    expect(await ann.count(CONFIRM)).toBe(0);
    await ann.press('Enter');
    await expect.poll(() => ann.hasFocus(CONFIRM)).toBe(true);
    expect((await ann.texts(CARD)).join()).toContain('51.50071, -0.12464');
    expect(await ann.articles()).toEqual([]);
    await ann.press('Tab', 'Shift');
    await expect.poll(() => ann.hasFocus({ role: 'radio', name: 'Precisely' })).toBe(true);
    await ann.press('ArrowDown');
    await expect.poll(async () => (await ann.texts(CARD)).join()).toContain('51.5, -0.12');
    await ann.press('Tab');
    await expect.poll(() => ann.hasFocus(CONFIRM)).toBe(true);
    await ann.press('Enter');
    const { links } = await bob.messageWith('My current location');
    expect(links[0]?.href).toMatch(/mlat=51\.50*&mlon=-0\.120*#/);
    await isFree(ann);
  },
);

// C10
test('C10: Escape sends nothing and gives the button back', async () => {
  const ann = await set.member('ann', set.room());
  await ann.locate({ kind: 'found', latitude: 51.5, longitude: -0.1 });
  await ann.click(SEND);
  await expect.poll(() => ann.hasFocus(CONFIRM)).toBe(true);
  await ann.press('Escape');
  await expect.poll(() => ann.count(CARD)).toBe(0);
  await isFree(ann);
  await expect.poll(() => ann.hasFocus(SEND)).toBe(true);
  expect(await ann.articles()).toEqual([]);
});
