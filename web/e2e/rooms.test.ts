// Rooms and addresses: back and forward, reloads, drafts kept apart, links to a message and into a private room.

import { expect, test } from 'vitest';
import { button, field, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const current = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.room-button[aria-current] .room-name')?.textContent ?? '');
const listed = (who: Person) =>
  who.page.evaluate(() => [...document.querySelectorAll('.room-button .room-name')].map((name) => name.textContent));
const address = (who: Person) => who.page.evaluate(() => location.pathname + location.hash);

async function goes(who: Person, way: 'back' | 'forward'): Promise<void> {
  await who.page.evaluate((which) => (which === 'back' ? history.back() : history.forward()), way);
}

// F5
test('F5: back and forward switch rooms, and each room has its address', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.say('in the first');
  await ann.hasSent('in the first');
  await ann.goesTo(second);
  await expect.poll(() => address(ann)).toBe(`/r/${second}`);
  await ann.say('in the second');
  await ann.hasSent('in the second');
  await goes(ann, 'back');
  await expect.poll(() => current(ann)).toBe(first);
  expect(await address(ann)).toBe(`/r/${first}`);
  await ann.messageWith('in the first');
  expect(await ann.heard(['in the second'])).toEqual([]);
  await goes(ann, 'forward');
  await expect.poll(() => current(ann)).toBe(second);
  await ann.messageWith('in the second');
});

// F5, X10
test('F5: a reload brings all rooms back, with the open one open', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.goesTo(second);
  await ann.say('still here');
  await ann.hasSent('still here');
  await ann.open(await address(ann));
  await ann.messageWith('still here');
  await expect.poll(() => current(ann)).toBe(second);
  await expect.poll(() => listed(ann)).toEqual([first, second]);
});

// C2
test('C2: each room keeps its own draft over switching and over a reload', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.fill(MESSAGE, 'half a thought');
  await ann.goesTo(second);
  await expect.poll(() => ann.value(MESSAGE)).toBe('');
  await ann.fill(MESSAGE, 'another one');
  await goes(ann, 'back');
  await expect.poll(() => ann.value(MESSAGE)).toBe('half a thought');
  await ann.page.reload();
  await expect.poll(() => current(ann)).toBe(first);
  await expect.poll(() => ann.value(MESSAGE)).toBe('half a thought');
  await goes(ann, 'forward');
  await expect.poll(() => ann.value(MESSAGE)).toBe('another one');
});

// L18
test('L18: the address of a message opens the room with it in context', async () => {
  const room = set.room();
  const ann = await set.writer('ann', room);
  const texts = Array.from({ length: 160 }, (_, n) => `line ${n + 1} of many`);
  await ann.sayAll(texts);
  await ann.hasSent('line 160 of many');
  const bob = await set.person();
  await bob.open(`/r/${room}?name=bob&at=20`);
  await bob.sees(MESSAGE);
  await bob.messageWith('line 20 of many');
  const inView = (text: string) =>
    bob.page.evaluate((wanted) => {
      const row = [...document.querySelectorAll('article')].find((one) => one.textContent.includes(wanted));
      const { top = -1, bottom = Number.POSITIVE_INFINITY } = row?.getBoundingClientRect() ?? {};
      return top >= 0 && bottom <= innerHeight;
    }, text);
  await expect.poll(() => inView('line 20 of many')).toBe(true);
  expect(await inView('line 160 of many')).toBe(false);
});

// A2, J6
test('A2: an invitation leads into a private room, and nothing of it is sent to the server but over the chat', async () => {
  const key = `${'A'.repeat(42)}E`;
  const ann = await set.person();
  await ann.open(`/i#${key}.Surprise%20party`);
  await ann.sees(button('Join'));
  expect(await ann.value(field('Room'))).toBe('Surprise party');
  await ann.fill(field('Display name'), 'ann');
  await ann.click(button('Join'));
  await ann.sees(MESSAGE);
  await ann.say('nobody knows');
  await ann.hasSent('nobody knows');
  expect(await address(ann)).toBe(`/i#${key}.Surprise%20party`);
  const bob = await set.person();
  await bob.open('/r/Surprise%20party?name=bob');
  await bob.arrives();
  expect(await bob.heard(['nobody knows'])).toEqual([]);
  await bob.open(`/i#${key}.Surprise%20party`);
  await bob.fill(field('Display name'), 'bob');
  await bob.click(button('Join'));
  await bob.messageWith('nobody knows');
});

// ux A4
test('A4: Enter in the directory opens the room of that name, the only one that is found, or a new one', async () => {
  const [first, second] = [set.room(), `the ${set.room()} further on`];
  const ann = await set.member('ann', first);
  await set.member('bob', second);
  const asks = async (like: string) => {
    await ann.looksFor(like);
    await ann.press('Enter');
  };
  await asks('further');
  await expect.poll(() => current(ann)).toBe(second);
  await asks(first);
  await expect.poll(() => current(ann)).toBe(first);
  const fresh = set.room();
  await asks(fresh);
  await expect.poll(() => current(ann)).toBe(fresh);
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
});

test('another invitation in the address of the join page takes the place of the first', async () => {
  const ann = await set.person();
  const key = 'A'.repeat(43);
  await ann.open(`/i#${key}.Breakfast`);
  await expect.poll(() => ann.shown()).toContain('You are invited to Breakfast');
  await ann.open(`/i#${key}.Supper`);
  await expect.poll(() => ann.shown()).toContain('You are invited to Supper');
  await ann.open('/i#');
  await expect.poll(() => ann.alert()).toContain('This invitation is not whole');
});

test('an invitation that is not whole says so', async () => {
  const ann = await set.person();
  await ann.open('/i#garbage');
  await expect.poll(() => ann.alert()).toContain('This invitation is not whole');
  await ann.fill({ role: 'textbox', name: 'Display name' }, 'ann');
  await ann.fill({ role: 'textbox', name: 'Room' }, set.room());
  await ann.click(button('Join'));
  await ann.arrives();
  expect(await ann.alert()).not.toContain('not whole');
});
