// Who is here: the list, its order, its speed, the card of one.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';
import { scenes } from './rig/scenes.ts';

const set = stage();
const scene = scenes();

const FILTER = { role: 'searchbox', name: 'Find people' };
const dialog = (name: string) => ({ role: 'dialog', name });
/** In the row of the one whose name it is. */
const person = (name: string) => ({ role: 'button', name, within: { role: 'list', name: 'Users' } });

// P1
test('P1: the list counts, is sorted by name as the reader’s language does, and marks oneself', async () => {
  const room = set.room();
  const zoe = await set.member('zoe', room);
  const emile = await set.member('Émile', room);
  const fred = await set.member('fred', room);
  for (const one of [zoe, emile, fred]) {
    await expect.poll(() => one.users()).toEqual(['Émile', 'fred', 'zoe']);
  }
  await expect.poll(() => zoe.attribute({ role: 'button', name: 'Users' }, 'data-count')).toBe('3');
  const own = await zoe.page.evaluate(() =>
    globalThis.chinwagRig
      .find({ role: 'listitem' })
      .filter((row) => row.getAttribute('aria-current') === 'true')
      .map((row) => row.innerText.trim()),
  );
  expect(own).toEqual(['zoe']);
  await fred.click(button('Leave'));
  await expect.poll(() => zoe.users()).toEqual(['Émile', 'zoe']);
});

// P4
test('P4: five minutes without a sign of life and one is away, told by a shape and a word, until one stirs', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
  const state = () => ann.attribute(person('bob'), 'data-state');
  expect(await state()).toBe(null);
  await pretendLater(bob, 5 * 60_000 + 1_000);
  await expect.poll(state).toBe('Away');
  const shape = () =>
    ann.page.evaluate(() =>
      globalThis.chinwagRig.find({ role: 'listitem' }).map((row) => {
        const avatar = row.querySelector('.avatar');
        return avatar === null ? '' : getComputedStyle(avatar, '::after').boxShadow;
      }),
    );
  const [awake, away] = await shape();
  expect(away).not.toBe(awake);
  await expect.poll(() => ann.attribute(person('bob'), 'aria-description')).toBe('Away');
  await bob.press('Tab');
  await expect.poll(state).toBe(null);
});

test('whoever is back from away is drawn as before, also where their row moves with the focus in it', async () => {
  const room = set.room();
  await set.member('ann', room);
  const bob = await set.member('bob', room);
  await set.member('cat', room);
  const drawn = () =>
    bob.page.evaluate(() => {
      const row = document.querySelector('.user[aria-current]');
      const [name, avatar] = [row?.querySelector('bdi'), row?.querySelector('.avatar')];
      return name && avatar ? [getComputedStyle(name).color, getComputedStyle(avatar, '::after').boxShadow] : [];
    });
  await expect.poll(() => bob.users()).toEqual(['ann', 'bob', 'cat']);
  const before = await drawn();
  for (let time = 0; time < 2; time += 1) {
    await pretendLater(bob, 5 * 60_000 + 1_000);
    await expect.poll(() => bob.users()).toEqual(['ann', 'cat', 'bob']);
    await bob.page.evaluate(() => {
      document.querySelector<HTMLElement>('.user[aria-current] button')?.focus();
      dispatchEvent(new Event('pointermove'));
    });
    await expect.poll(() => bob.users()).toEqual(['ann', 'bob', 'cat']);
    expect(await drawn()).toEqual(before);
  }
});

/** The page looks at its clock once, at a moment that lies ahead. */
async function pretendLater(who: Person, ms: number): Promise<void> {
  await who.page.evaluate((ahead) => {
    const now = Date.now;
    Date.now = () => now() + ahead;
    document.dispatchEvent(new Event('visibilitychange'));
    Date.now = now;
  }, ms);
}

// P5
test('P5: a click on a name shows a card with what one can do, and each does it', async () => {
  const room = set.room();
  const [ann] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.click(person('bob'));
  await ann.sees(dialog('About bob'));
  expect((await ann.texts(dialog('About bob')))[0]).toContain('Online');
  await ann.click(button('Mention'));
  await expect.poll(() => ann.value(MESSAGE)).toBe('@bob ');
  await expect.poll(() => ann.count(dialog('About bob'))).toBe(0);
  await ann.click(person('bob'));
  await ann.click(button('Ignore'));
  await ann.click(person('bob'));
  await ann.sees(button('Stop ignoring'));
  await ann.click(button('Stop ignoring'));
  // Of oneself there is nothing to do.
  await ann.click(person('ann'));
  await ann.sees(dialog('About ann'));
  expect(await ann.count(button('Mention'))).toBe(0);
  await ann.press('Escape');
  await expect.poll(() => ann.count(dialog('About ann'))).toBe(0);
  await expect.poll(() => ann.hasFocus(person('ann'))).toBe(true);
});

// P2
test('P2: with 5,000 names 60 rows are enough, opened again and filtered', async () => {
  const ann = await set.person();
  const rows = () => ann.count({ role: 'listitem', within: { role: 'list', name: 'Users' } });
  await ann.page.goto(scene('crowd'));
  await ann.sees(person('Somebody 1'));
  await ann.click(button('Users'));
  await expect.poll(rows).toBe(0);
  await ann.click(button('Users'));
  await expect.poll(rows).toBeGreaterThan(5);
  expect(await rows()).toBeLessThanOrEqual(60);
  await ann.fill(FILTER, 'body 4996');
  await expect.poll(() => ann.users()).toEqual(['Somebody 4996']);
});

// P2, ux A4
test('P2: the list is one stop for the Tab key, and arrows, Home and End go through all of it', async () => {
  const ann = await set.person();
  await ann.page.goto(scene('crowd'));
  await ann.sees(person('Somebody 1'));
  await ann.focus(FILTER);
  await ann.press('Tab');
  await expect.poll(() => ann.hasFocus(person('Ann Lee'))).toBe(true);
  await ann.press('ArrowDown');
  await expect.poll(() => ann.hasFocus(person('Somebody 1'))).toBe(true);
  await ann.press('End');
  await expect.poll(() => ann.hasFocus(person('Somebody 5000'))).toBe(true);
  await ann.press('Home');
  await expect.poll(() => ann.hasFocus(person('Ann Lee'))).toBe(true);
});
