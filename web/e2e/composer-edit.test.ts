// Changing what one has said from the field, and commands that reach beyond it.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Query, stage } from './rig/index.ts';

const set = stage();
const TITLE: Query = { role: 'heading', name: { part: 'room-' } };

// C9
test('C9: ArrowUp in the empty field takes up one’s last message, and Enter saves it for everybody', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('the first');
  await ann.say('teh last');
  await ann.hasSent('teh last');
  await bob.say('from somebody else');
  await ann.messageWith('from somebody else');
  await ann.press('ArrowUp');
  await expect.poll(() => ann.value(MESSAGE)).toBe('teh last');
  await ann.sees(button('Save'));
  await ann.fill(MESSAGE, 'the last :tada:');
  await ann.press('Enter');
  await bob.messageWith('the last 🎉');
  await ann.hasSent('the last 🎉');
  expect(await bob.heard(['the first', 'teh last', 'from somebody else', 'the last 🎉'])).toEqual([
    'the first',
    'the last 🎉',
    'from somebody else',
  ]);
  expect(await ann.value(MESSAGE)).toBe('');
  expect(await ann.hasFocus(MESSAGE)).toBe(true);
});

// C9
test('C9: Escape gives a change up, and the draft is as it was', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('as it was');
  await ann.hasSent('as it was');
  await ann.fill(MESSAGE, 'half a thought');
  await ann.press('ArrowUp');
  expect(await ann.value(MESSAGE)).toBe('half a thought');
  await ann.focusOn('as it was');
  await ann.press('e');
  await expect.poll(() => ann.value(MESSAGE)).toBe('as it was');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.fill(MESSAGE, 'something else');
  await ann.press('Escape');
  await expect.poll(() => ann.value(MESSAGE)).toBe('half a thought');
  expect(await ann.count(button('Save'))).toBe(0);
  expect(await ann.heard(['as it was', 'something else'])).toEqual(['as it was']);
});

// C9, X7
test('C9 X7: a change that is refused gives its text back with the reason', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('this is fine');
  await ann.hasSent('this is fine');
  await ann.press('ArrowUp');
  await expect.poll(() => ann.value(MESSAGE)).toBe('this is fine');
  await ann.fill(MESSAGE, 'this is shit');
  await ann.press('Enter');
  await expect.poll(() => ann.alert()).toContain('Profanity is not allowed!');
  expect(await ann.value(MESSAGE)).toBe('this is shit');
  await ann.sees(button('Save'));
  await expect.poll(() => ann.heard(['this is fine'])).toEqual(['this is fine']);
  await ann.fill(MESSAGE, 'this is better');
  await ann.press('Enter');
  await ann.hasSent('this is better');
  expect(await ann.alert()).toBe('');
});

// L16
test('L16: R answers a message by keyboard, and Escape answers nothing', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await bob.say('who brings coffee?');
  await ann.focusOn('who brings coffee?');
  await ann.press('r');
  await expect.poll(() => ann.shown()).toContain('Answering');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true); // with the next frame
  await ann.press('Escape');
  await expect.poll(() => ann.shown()).not.toContain('Answering');
  await ann.focusOn('who brings coffee?');
  await ann.press('r');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.say('I do');
  const answer = await bob.messageWith('I do');
  expect(answer.text).toContain('who brings coffee?');
  await expect.poll(() => ann.shown()).not.toContain('Answering');
});

// C7
test('C7: /topic, /nick and /join do what they say, and a refused one keeps its words', async () => {
  const [here, there] = [set.room(), set.room()];
  const [ann, bob] = [await set.member('ann', here), await set.member('bob', here)];
  await ann.say('/topic Boats, and when they go');
  await expect.poll(() => bob.shown()).toContain('Boats, and when they go');
  await ann.say('/nick bob');
  await expect.poll(() => ann.alert()).toContain('in use');
  expect(await ann.value(MESSAGE)).toBe('/nick bob');
  await ann.say('/nick anna');
  await expect.poll(async () => (await bob.users()).join()).toContain('anna');
  await ann.say(`/join ${there}`);
  await expect.poll(async () => (await ann.texts(TITLE)).join()).toContain(there);
  await expect.poll(() => ann.path()).toBe(`/r/${there}`);
  await ann.say('over here');
  await ann.hasSent('over here');
  expect(await bob.articles()).toEqual([]);
});

// C7
test('C7: /msg writes to one person alone, who sees it in a room of the two', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const cid = await set.member('cid', room);
  await expect.poll(() => ann.users()).toHaveLength(3);
  await ann.say('/msg nobody hello');
  await expect.poll(() => ann.alert()).toContain('nobody');
  expect(await ann.value(MESSAGE)).toBe('/msg nobody hello');
  await ann.say('/msg bob between us');
  await ann.hasSent('between us');
  await expect.poll(() => bob.count({ role: 'button', name: { part: 'ann' } })).toBeGreaterThan(0);
  await bob.click({ role: 'button', name: { part: 'ann' } });
  await bob.messageWith('between us');
  expect(await cid.articles()).toEqual([]);
});

// C7
test('C7: /leave leaves', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('/leave');
  await ann.sees(button('Join'));
});
