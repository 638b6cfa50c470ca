// Going, and the look on small and wide screens.

import { expect, test } from 'vitest';
import { button, field, LOG, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage();

test('A32 A33: who leaves is missed, the name is free at once, and the history stays', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await bob.say('said before leaving');
  await bob.hasSent('said before leaving');
  await bob.click(button('Leave'));
  await bob.sees(button('Join'));
  await expect.poll(() => ann.linesWith('bob has left!')).toBe(1);
  await expect.poll(() => ann.users()).toEqual(['ann']);
  const again = await set.member('bob', room);
  await again.messageWith('said before leaving');
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
});

test('A32: someone who never joined causes nothing', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const other = await set.person();
  await other.open(`/r/${room}`);
  await other.sees(field('Room'));
  await other.page.goto('about:blank');
  const last = await set.member('bob', room);
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
  expect(await ann.linesWith('has left!')).toBe(0);
  expect(await last.linesWith('has left!')).toBe(0);
});

async function fits(person: Person): Promise<void> {
  const look = () =>
    person.page.evaluate(() => {
      const find = globalThis.chinwagRig.find;
      const box = (role: string, name: string) => find({ role, name })[0]?.getBoundingClientRect();
      const message = box('textbox', 'Message');
      const log = box('log', 'Messages');
      return {
        sideways: document.documentElement.scrollWidth - innerWidth,
        composerBelow: message !== undefined && log !== undefined && message.top >= log.top + 40,
        composerInView: message !== undefined && message.bottom <= innerHeight && message.top > innerHeight / 2,
        inside: message !== undefined && message.left >= 0 && message.right <= innerWidth,
      };
    });
  // A window that has just got another size is laid out anew when the page hears of it.
  await expect
    .poll(look)
    .toEqual({ sideways: expect.any(Number), composerBelow: true, composerInView: true, inside: true });
  expect((await look()).sideways).toBeLessThanOrEqual(0);
}

test('A34: from a 320 px phone to a wide screen nothing scrolls sideways and the composer stays below', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say(`a word without an end ${'w'.repeat(300)}`);
  await ann.hasSent('a word without an end');
  for (const width of [1920, 1280, 768, 390, 320]) {
    const real = await ann.page.resize(Math.max(width, set.engine.leastWidth), 640);
    expect(real).toBeLessThanOrEqual(Math.max(width, set.engine.leastWidth));
    await ann.sees(MESSAGE);
    await ann.sees(LOG);
    await fits(ann);
  }
});

test('A34 A4: the join page fits a phone too', async () => {
  const ann = await set.person();
  await ann.open();
  await ann.page.resize(Math.max(320, set.engine.leastWidth), 568);
  await ann.sees(button('Join'));
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

const ASKED = { role: 'dialog', name: { part: 'The surprise' } };
const inDialog = (name: string) => ({ ...button(name), within: ASKED });

/** In a room that only its link leads to. Returns the link. */
async function makesPrivate(who: Person): Promise<string> {
  await who.click(button('Browse rooms'));
  await who.fill(field('What it is called'), 'The surprise');
  await who.click(button('Create private room'));
  await who.sees(field('Invitation link'));
  const link = await who.value(field('Invitation link'));
  await who.click({ role: 'button', name: 'Close', within: { role: 'dialog' } });
  await expect.poll(() => who.count({ role: 'dialog' })).toBe(0);
  return link;
}

const roomsOf = (who: Person) =>
  who.page.evaluate(() => [...document.querySelectorAll('.room-button .room-name')].map((room) => room.textContent));

/** Asked, with the focus in the question; Escape is no answer, and gives the focus back to where it was. */
async function staysAfterAll(who: Person, before: Query): Promise<void> {
  await who.sees(ASKED);
  await expect.poll(() => who.page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
  await who.press('Escape');
  await expect.poll(() => who.count(ASKED)).toBe(0);
  await expect.poll(() => who.hasFocus(before)).toBe(true);
  expect(await who.page.evaluate(() => document.querySelector('.room h1')?.textContent)).toContain('The surprise');
}

test('A2 A8: leaving a private room asks first and offers its link, whichever way one leaves', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const link = await makesPrivate(ann);
  await ann.say('kept for later');
  await ann.hasSent('kept for later');
  await ann.focus(button('Leave'));
  await ann.press('Enter');
  await ann.sees(ASKED);
  expect((await ann.texts(ASKED)).join()).toContain('without the link it is lost for good');
  expect(await ann.value({ ...field('Invitation link'), within: ASKED })).toBe(link);
  await staysAfterAll(ann, button('Leave'));
  await ann.say('/leave');
  await staysAfterAll(ann, MESSAGE);
  // From another room, which stays open.
  await ann.click(button(room));
  await ann.click(button('More about The surprise'));
  await ann.click({ role: 'menuitem', name: 'Leave' });
  await ann.sees(ASKED);
  expect(await ann.value({ ...field('Invitation link'), within: ASKED })).toBe(link);
  await ann.click(inDialog('Cancel'));
  await expect.poll(() => ann.hasFocus(button('More about The surprise'))).toBe(true);
  await ann.click(button('More about The surprise'));
  await ann.click({ role: 'menuitem', name: 'Leave' });
  await ann.click(inDialog('Leave'));
  await expect.poll(() => roomsOf(ann)).toEqual([room]);
  expect(await ann.count({ role: 'dialog' })).toBe(0);
  // What was offered leads back.
  await ann.open(link.slice(set.server.url.length));
  await ann.click(button('Join'));
  await ann.messageWith('kept for later');
});

test('A2 A8: on a phone the question takes the place of the drawer that one leaves from', async () => {
  const ann = await set.member('ann', set.room());
  await makesPrivate(ann);
  await ann.page.resize(360, 640);
  await ann.click(button('Show rooms'));
  await ann.click(button('More about The surprise'));
  await ann.click({ role: 'menuitem', name: 'Leave' });
  await staysAfterAll(ann, button('Show rooms'));
  await ann.click(button('Users'));
  await ann.click({ ...button('Leave'), within: { role: 'dialog', name: 'Users' } });
  await staysAfterAll(ann, button('Users'));
});

test('A2: the link of a private room is copied in the question', async () => {
  const ann = await set.member('ann', set.room());
  const link = await makesPrivate(ann);
  await ann.page.evaluate(() => {
    const clipboard = { writeText: (copied: string) => Promise.resolve(Object.assign(globalThis, { copied })) };
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  });
  await ann.click(button('Leave'));
  await ann.click(inDialog('Copy'));
  await ann.sees(inDialog('Copied'));
  expect(await ann.page.evaluate(() => Object.getOwnPropertyDescriptor(globalThis, 'copied')?.value)).toBe(link);
});

test('A2 F5: going back from a private room that is the only one asks, and going back once more is an answer', async () => {
  const ann = await set.person();
  await ann.open();
  const path = `/i#${'A'.repeat(42)}E.The%20surprise`;
  await ann.page.evaluate((to) => {
    location.hash = '';
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await ann.fill(field('Display name'), 'ann');
  await ann.click(button('Join'));
  await ann.arrives();
  const back = () => ann.page.evaluate(() => history.back());
  const address = () => ann.page.evaluate(() => location.pathname + location.hash);
  await back();
  await staysAfterAll(ann, MESSAGE);
  expect(await address()).toBe(path);
  await back();
  await ann.sees(ASKED);
  await back();
  await ann.sees(button('Join'));
  expect(await ann.count({ role: 'dialog' })).toBe(0);
  expect(await address()).not.toBe(path);
});

test('A2: a direct message is left at once while the other one can let one in again, and asks when not', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const direct = (other: string) => ({ role: 'dialog', name: { part: other } });
  const opens = async (who: Person, other: string) => {
    await expect.poll(() => roomsOf(who)).toEqual([room, other]);
    await who.page.evaluate((name) => {
      const all = [...document.querySelectorAll<HTMLElement>('.room-button')];
      all.find((one) => one.querySelector('.room-name')?.textContent === name)?.click();
    }, other);
    await who.messageWith('are you there?');
  };
  await ann.say('/msg bob are you there?');
  await opens(bob, 'ann');
  await expect.poll(() => ann.users()).toHaveLength(2);
  await bob.say('/leave');
  await expect.poll(() => roomsOf(bob)).toEqual([room]);
  await expect.poll(() => ann.users()).toHaveLength(1);
  await ann.say('/leave');
  await ann.sees(direct('bob'));
  expect(await ann.count({ ...field('Invitation link'), within: direct('bob') })).toBe(0);
  await ann.click({ ...button('Leave'), within: direct('bob') });
  await expect.poll(() => roomsOf(ann)).toEqual([room]);
});
