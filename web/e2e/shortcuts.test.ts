// What the keyboard does everywhere, and the sheet that says so.

import { expect, test } from 'vitest';
import { button, LOG, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const SWITCHER = { role: 'dialog', name: 'Go to a room or a person' };
const SHEET = { role: 'dialog', name: 'Keyboard shortcuts' };
const GOAL = { role: 'combobox', name: 'Room or person' };
const current = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.room-button[aria-current]')?.textContent ?? '');

// F1
test('F1: Ctrl+K goes to a room or a person by a few letters', async () => {
  const [first, second] = [`harbour ${set.room()}`, `garden ${set.room()}`];
  const ann = await set.member('ann', first);
  await set.member('Björn Berg', first);
  await ann.say(`/join ${second}`);
  await expect.poll(() => current(ann)).toBe(second);
  await ann.press('k', 'Control');
  await ann.sees(SWITCHER);
  await expect.poll(() => ann.hasFocus(GOAL)).toBe(true);
  await ann.fill(GOAL, 'hrbr');
  await expect.poll(() => ann.texts({ role: 'option' })).toHaveLength(1);
  await ann.press('Enter');
  await expect.poll(() => current(ann)).toContain(first);
  await expect.poll(() => ann.count(SWITCHER)).toBe(0);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.press('k', 'Control');
  await ann.fill(GOAL, 'bjo');
  await expect.poll(async () => (await ann.texts({ role: 'option' })).join()).toContain('Björn Berg');
  await ann.press('Enter');
  await expect.poll(() => current(ann)).toContain('Björn Berg');
});

// F1
test('F1: arrows choose, and a screen reader is told what is chosen', async () => {
  const ann = await set.member('ann', set.room());
  const other = set.room();
  await ann.say(`/join ${other}`);
  await expect.poll(() => current(ann)).toBe(other);
  await ann.press('k', 'Control');
  await ann.sees(SWITCHER);
  const chosen = () =>
    ann.page.evaluate(() => {
      const field = globalThis.chinwagRig.find({ role: 'combobox' })[0];
      const option = document.getElementById(field?.getAttribute('aria-activedescendant') ?? '');
      return { id: option?.id, selected: option?.getAttribute('aria-selected') };
    });
  const before = await chosen();
  expect(before.selected).toBe('true');
  await ann.press('ArrowDown');
  await expect.poll(async () => (await chosen()).id).not.toBe(before.id);
  expect((await chosen()).selected).toBe('true');
  await ann.press('Escape');
  await expect.poll(() => ann.count(SWITCHER)).toBe(0);
});

// ux A4
test('A4: from a link in a message the arrows and Escape lead on as from the message', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('the first words');
  await ann.say('more at https://example.org/tea');
  await ann.say('the last words');
  await ann.hasSent('the last words');
  const link = { role: 'link', name: { part: 'example.org' }, within: LOG };
  await ann.focus(link);
  await ann.press('ArrowUp');
  await expect.poll(() => ann.focusedMessage()).toContain('the first words');
  await ann.focus(link);
  await ann.press('ArrowDown');
  await expect.poll(() => ann.focusedMessage()).toContain('the last words');
  await ann.focus(link);
  await ann.press('Escape');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
});

// F4
test('F4: Ctrl+/ shows the sheet from everywhere, "?" where nobody writes, and both stand on it', async () => {
  const ann = await set.member('ann', set.room());
  await ann.press('/', 'Control');
  await ann.sees(SHEET);
  const [sheet = ''] = await ann.texts(SHEET);
  for (const what of ['Go to a room or a person', 'Mark all rooms as read', 'Next unread room', 'Send']) {
    expect(sheet).toContain(what);
  }
  await ann.press('Escape');
  await expect.poll(() => ann.count(SHEET)).toBe(0);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.press('?');
  await expect.poll(() => ann.value(MESSAGE)).toBe('?');
  await ann.focus(button('Settings'));
  await ann.press('?');
  await ann.sees(SHEET);
  expect(await ann.value(MESSAGE)).toBe('?');
});

// ux A3
test('A3: the page has its landmarks, one h1, and a link that skips to the composer', async () => {
  const ann = await set.member('ann', set.room());
  for (const role of ['banner', 'navigation', 'main', 'complementary', 'form']) {
    expect(await ann.count({ role }), role).toBe(1);
  }
  expect(await ann.page.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
  await ann.focus(button('Skip to the message field'));
  await ann.press('Enter');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
});

// ux A4
test('A4: F6 goes from part to part of the page and round, and Shift+F6 back', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('a row to stop at');
  await ann.hasSent('a row to stop at');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  const where = () =>
    ann.page.evaluate(() => {
      const regions = [...document.querySelectorAll('[data-region]')];
      return regions.findIndex((region) => region.contains(document.activeElement));
    });
  const begun = await where();
  const seen: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    await ann.press('F6');
    seen.push(await where());
  }
  expect(new Set(seen).size).toBe(5);
  expect(seen.at(-1)).toBe(begun);
  await ann.press('F6', 'Shift');
  await expect.poll(where).toBe(seen.at(-2));
});

// ux A8
test('A8: whatever opens by a key closes by Escape and gives the focus back', async () => {
  const ann = await set.member('ann', set.room());
  for (const [key, dialog] of [
    ['k', SWITCHER],
    ['/', SHEET],
  ] as const) {
    await ann.press(key, 'Control');
    await ann.sees(dialog);
    await ann.press('Escape');
    await expect.poll(() => ann.count(dialog)).toBe(0);
    await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  }
  expect(await ann.count(LOG)).toBe(1);
});
