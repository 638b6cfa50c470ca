// One person in several tabs, and on several devices.

import { expect, test } from 'vitest';
import { button, field, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const SETTINGS = { role: 'dialog', name: 'Settings' };

/** The names in the sidebar with what stands behind them. */
const listed = (who: Person) =>
  who.page.evaluate(() =>
    [...document.querySelectorAll('.room-button')].map((room) => (room.textContent ?? '').trim()),
  );

/** Whether the message with this text is shown as one's own. */
const isMine = (who: Person, text: string) =>
  who.page.evaluate((part) => {
    const row = [...document.querySelectorAll('article')].find((one) => one.innerText.includes(part));
    return row?.classList.contains('mine') ?? false;
  }, text);

async function twoTabs(room: string): Promise<[Person, Person]> {
  const first = await set.member('ann', room);
  const second = await set.tabOf(first);
  await second.join('ann', room);
  return [first, second];
}

// R1, P4
test('R1 P4: two tabs under one name are one person: listed once, and what either says is one’s own in both', async () => {
  const room = set.room();
  const bob = await set.member('bob', room);
  const [first, second] = await twoTabs(room);
  for (const who of [bob, first, second]) {
    await expect.poll(async () => (await who.users()).map((name) => name.split('\n')[0])).toHaveLength(2);
    expect((await who.users()).filter((name) => name.includes('ann'))).toHaveLength(1);
  }
  expect(await bob.linesWith('ann has joined!')).toBe(1);
  await first.say('said in the first');
  await second.messageWith('said in the first');
  await second.say('said in the second');
  await bob.messageWith('said in the second');
  for (const who of [first, second]) {
    const said = ['said in the first', 'said in the second'];
    await expect.poll(() => who.heard(said)).toEqual(said);
    expect(await isMine(who, 'said in the first')).toBe(true);
    expect(await isMine(who, 'said in the second')).toBe(true);
  }
  expect(await isMine(bob, 'said in the first')).toBe(false);
});

// R1, L15
test('R1: what was written in one tab is changed in the other', async () => {
  const [first, second] = await twoTabs(set.room());
  await first.say('as it was');
  await second.messageWith('as it was');
  await second.focusOn('as it was');
  await second.press('e');
  await expect.poll(() => second.value(MESSAGE)).toBe('as it was');
  await second.say('as it is');
  await expect.poll(() => first.heard(['as it was', 'as it is'])).toEqual(['as it is']);
  await expect.poll(() => second.heard(['as it was', 'as it is'])).toEqual(['as it is']);
});

// R1, L15
test('R1 L15: a change ends when the other tab deletes the message; its text stays in the field', async () => {
  const [first, second] = await twoTabs(set.room());
  await first.say('as it was');
  await second.messageWith('as it was');
  await first.press('ArrowUp');
  await expect.poll(() => first.value(MESSAGE)).toBe('as it was');
  await first.fill(MESSAGE, 'as it would be');
  await second.focusOn('as it was');
  await second.press('Delete');
  await second.click({ role: 'button', name: 'Delete', within: { role: 'dialog' } });
  await expect.poll(() => first.alert()).toContain('it cannot be changed any more');
  await first.messageWith('This message was deleted.');
  expect(await first.value(MESSAGE)).toBe('as it would be');
  expect(await first.count(button('Save'))).toBe(0);
  expect(await first.count(button('Retry'))).toBe(0);
});

// R1
test('R1: rooms, drafts and what is read are the same in both tabs', async () => {
  const [here, there, quiet] = [set.room(), set.room(), set.room()];
  const first = await set.member('ann', here);
  await first.goesTo(quiet);
  await first.goesTo(here);
  const bob = await set.member('bob', quiet);
  const second = await set.tabOf(first);
  await second.join('ann', here);
  await expect.poll(async () => (await listed(second)).sort()).toEqual([here, quiet].sort());
  await second.goesTo(there);
  await expect.poll(async () => (await listed(first)).sort()).toEqual([here, quiet, there].sort());
  await bob.say('something new');
  const unread = async (who: Person) => (await listed(who)).filter((name) => name.includes('unread'));
  for (const who of [first, second]) {
    await expect.poll(() => unread(who)).toEqual([`${quiet}11 unread`]);
  }
  await second.press('Escape', 'Shift');
  for (const who of [first, second]) {
    await expect.poll(() => unread(who)).toEqual([]);
  }
  await second.goesTo(here);
  await first.fill(MESSAGE, 'half a thought');
  await expect.poll(() => second.value(MESSAGE)).toBe('half a thought');
});

// P4
test('P4: the name is kept while one of two tabs closes, and free when one leaves in the other', async () => {
  const room = set.room();
  const bob = await set.member('bob', room);
  const [first, second] = await twoTabs(room);
  const third = await set.tabOf(first);
  await third.join('ann', room);
  await second.page.shut();
  await third.say('still here');
  await bob.messageWith('still here');
  expect(await bob.linesWith('ann has left!')).toBe(0);
  await third.click(button('Leave'));
  await expect.poll(() => bob.linesWith('ann has left!')).toBe(1);
  await expect.poll(() => bob.users()).toHaveLength(1);
  // Left in one is left in all, and said so.
  await first.sees(button('Join'));
  await expect.poll(() => first.shown()).toContain(`You have left ${room} in another tab or on another device.`);
});

// P4
test('P4: one is called otherwise in both tabs when one takes another name', async () => {
  const room = set.room();
  const bob = await set.member('bob', room);
  const [first, second] = await twoTabs(room);
  await first.say('/nick anna');
  for (const who of [first, second, bob]) {
    await expect.poll(async () => (await who.users()).join()).toContain('anna');
    await expect.poll(() => who.users()).toHaveLength(2);
  }
  await second.say('it is me');
  await expect.poll(async () => (await bob.messageWith('it is me')).text).toContain('anna');
  await second.page.reload();
  await second.sees(MESSAGE);
  await expect.poll(() => second.users()).toHaveLength(2);
  await expect.poll(() => isMine(second, 'it is me')).toBe(true);
});

// R1
test('R1: by a link another device is the same person: same rooms, one’s own messages, and what is read', async () => {
  const [here, quiet] = [set.room(), set.room()];
  const ann = await set.member('ann', here);
  await ann.goesTo(quiet);
  await ann.goesTo(here);
  const bob = await set.member('bob', quiet);
  await ann.say('from the first device');
  await ann.hasSent('from the first device');
  await ann.click(button('Settings'));
  await ann.click(button('Show the link'));
  await ann.sees(field('Link for another device'));
  const link = await ann.value(field('Link for another device'));
  expect(new URL(link).pathname).toBe('/d');
  await ann.press('Escape');
  await expect.poll(() => ann.count(SETTINGS)).toBe(0);

  const other = await set.person();
  await other.open(link.slice(new URL(link).origin.length));
  await other.click(button('Go on as ann'));
  await other.arrives();
  expect(await other.path()).toBe(`/r/${here}`);
  await expect.poll(async () => (await listed(other)).sort()).toEqual([here, quiet].sort());
  await other.messageWith('from the first device');
  expect(await isMine(other, 'from the first device')).toBe(true);
  await expect.poll(() => bob.users()).toHaveLength(2);
  await other.say('from the second device');
  await ann.messageWith('from the second device');
  expect(await isMine(ann, 'from the second device')).toBe(true);
  await bob.say('something new');
  const unread = async (who: Person) => (await listed(who)).filter((name) => name.includes('unread'));
  for (const who of [ann, other]) {
    await expect.poll(() => unread(who)).toEqual([`${quiet}11 unread`]);
  }
  await other.press('Escape', 'Shift');
  for (const who of [ann, other]) {
    await expect.poll(() => unread(who)).toEqual([]);
  }
  await other.page.reload();
  await other.sees(MESSAGE);
  await expect.poll(async () => (await listed(other)).sort()).toEqual([here, quiet].sort());
});

// R1
test('R1: a link that is not whole says so, and leads to the join page', async () => {
  const eve = await set.person();
  await eve.open('/d#nothing');
  await expect.poll(() => eve.alert()).toContain('This link is not whole.');
  await eve.click(button('To the join page'));
  await eve.sees(button('Join'));
  expect(await eve.path()).toBe('/');
});
