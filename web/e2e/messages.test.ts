// What is said: to whom, in which order, what is refused, what is kept.

import { expect, test } from 'vitest';
import { button, MESSAGE, stage } from './rig/index.ts';

const set = stage();

test('A16 A17 X7: a profane message is refused, nobody gets it, the writer keeps it; Scunthorpe passes', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('what the FUCK is this');
  await expect.poll(() => ann.alert()).toContain('Profanity is not allowed!');
  expect(await ann.value(MESSAGE)).toBe('what the FUCK is this');
  await ann.say('a classic evening in Scunthorpe');
  await expect.poll(() => bob.heard(['FUCK', 'Scunthorpe'])).toEqual(['Scunthorpe']);
  await expect.poll(() => ann.heard(['FUCK', 'Scunthorpe'])).toEqual(['Scunthorpe']);
});

test('A18 A19: everyone gets name, text and the server’s time, the sender included', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const before = Date.now();
  await ann.say('good morning');
  await ann.hasSent('good morning');
  const [mine, theirs] = [await ann.messageWith('good morning'), await bob.messageWith('good morning')];
  expect(mine.text).toContain('ann');
  expect(theirs.text).toContain('ann');
  expect(mine.datetime).toBe(theirs.datetime);
  // Milliseconds of one machine's clock.
  expect(Date.parse(theirs.datetime)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(theirs.datetime)).toBeLessThanOrEqual(Date.now());
});

// L9
test('A18: many speak, all see the same order', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const said = ['ann-1', 'bob-1', 'ann-2', 'bob-2', 'ann-3', 'bob-3'];
  for (const text of said) {
    await (text.startsWith('ann') ? ann : bob).say(text);
  }
  await expect.poll(async () => (await ann.heard(said)).length).toBe(said.length);
  await Promise.all(said.map((text) => (text.startsWith('ann') ? ann : bob).hasSent(text)));
  await expect.poll(() => bob.heard(said)).toEqual(await ann.heard(said));
});

test('A20: a message stays in its room, with its white space as written', async () => {
  const [one, two] = [set.room(), set.room()];
  const [ann, bob, eve] = [await set.member('ann', one), await set.member('bob', one), await set.member('eve', two)];
  const text = 'first    line\n\n  third line';
  await ann.say(text);
  expect((await bob.messageWith('third line')).text).toContain(text);
  await eve.say('meanwhile');
  await eve.hasSent('meanwhile');
  expect(await eve.heard(['third line', 'meanwhile'])).toEqual(['meanwhile']);
  expect(await bob.heard(['third line', 'meanwhile'])).toEqual(['third line']);
});

test('X2: without having joined there is nothing to send with', async () => {
  const ann = await set.person();
  await ann.open(`/r/${set.room()}`);
  await ann.sees(button('Join'));
  expect(await ann.count(MESSAGE)).toBe(0);
  expect(await ann.count(button('Send'))).toBe(0);
});

test('X9: a blank message is not sent, and one that is too long is refused with its text kept', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('  \n ');
  const long = `too long ${'x'.repeat(4_100)}`;
  await ann.say(long);
  expect(await ann.value(MESSAGE)).toBe(long);
  await ann.say('short');
  await expect.poll(() => bob.heard(['too long', 'short'])).toEqual(['short']);
  expect((await bob.articles()).length).toBe(1);
});

test('X9 X7: a flood is slowed, and nothing of it is lost or doubled', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const flood = Array.from({ length: 30 }, (_, n) => `flood-${String(n).padStart(2, '0')}`);
  for (const text of flood) {
    await ann.say(text);
    // Refused: the text is back in the field, with the reason; a person waits and sends it again.
    const given = async () => (await ann.value(MESSAGE)) === '' || (await ann.press('Enter'));
    await expect.poll(given, { interval: 300 }).toBe(true);
  }
  await expect.poll(() => bob.heard(flood)).toEqual(flood);
});
