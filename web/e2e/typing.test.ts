// Who is writing at the moment.

import { expect, test } from 'vitest';
import { field, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage();

const says = (who: Person) => who.page.evaluate(() => document.querySelector('.typing')?.textContent?.trim() ?? '');
const room = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.typing')?.getBoundingClientRect().height ?? 0);

// P3
test('P3: a line tells who is writing, in a place of its own, and goes when they are done', async () => {
  const place = set.room();
  const ann = await set.member('ann', place);
  const bob = await set.member('bob', place);
  expect(await says(ann)).toBe('');
  const height = await room(ann);
  expect(height).toBeGreaterThan(0);
  await bob.fill(MESSAGE, 'I am about to');
  await expect.poll(() => says(ann)).toMatch(/^\u2068?bob\u2069? is typing/);
  expect(await room(ann)).toBe(height);
  expect(await says(bob)).toBe('');
  await bob.press('Enter');
  await ann.messageWith('I am about to');
  await expect.poll(() => says(ann)).toBe('');
  expect(await ann.count(field('Message'))).toBe(1);
});
