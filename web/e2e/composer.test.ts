// The form: keys, focus, what happens to a message between Enter and its acknowledgement.

import { expect, test } from 'vitest';
import { button, MESSAGE, stage } from './rig/index.ts';

const set = stage();

test('A21: Enter sends, Shift+Enter breaks the line, the button sends, and the page never reloads', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.page.evaluate(() => {
    document.title = 'still the same page';
    Object.assign(globalThis, { samePage: true });
  });
  await ann.fill(MESSAGE, 'upper');
  await ann.press('Enter', 'Shift');
  expect(await ann.value(MESSAGE)).toBe('upper\n');
  await ann.fill(MESSAGE, 'by key');
  await ann.press('Enter');
  await ann.hasSent('by key');
  await ann.fill(MESSAGE, 'by button');
  await ann.click(button('Send'));
  await ann.hasSent('by button');
  expect(await ann.heard(['upper', 'by key', 'by button'])).toEqual(['by key', 'by button']);
  expect(await ann.page.evaluate(() => 'samePage' in globalThis)).toBe(true);
  expect(await ann.attribute(MESSAGE, 'autocomplete')).toBe('off');
});

test('A22: the field is empty and focused at once, and pending turns into sent', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('hello there');
  expect(await ann.value(MESSAGE)).toBe('');
  expect(await ann.hasFocus(MESSAGE)).toBe(true);
  await ann.hasSent('hello there');
  await ann.fill(MESSAGE, 'by button');
  await ann.click(button('Send'));
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.hasSent('by button');
});

// L8
test('A22: a message that waits for the server is shown as pending', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('before');
  await ann.hasSent('before');
  await set.server.kill();
  await ann.say('while away');
  expect((await ann.messageWith('while away')).busy).toBe(true);
  expect(await ann.value(MESSAGE)).toBe('');
  await set.server.up();
  await ann.hasSent('while away');
  expect(await ann.heard(['before', 'while away'])).toEqual(['before', 'while away']);
});

test('A22 A23 X7: a refusal shows its reason on the page and gives the text back', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('this is shit, sorry');
  await expect.poll(() => ann.alert()).toContain('Profanity is not allowed!');
  expect(await ann.value(MESSAGE)).toBe('this is shit, sorry');
  await expect.poll(() => ann.articles()).toEqual([]);
  await ann.say('this is fine');
  await ann.hasSent('this is fine');
  expect(await ann.alert()).toBe('');
});
