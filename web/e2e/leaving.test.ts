// Going, and the look on small and wide screens.

import { expect, test } from 'vitest';
import { button, field, LOG, MESSAGE, type Person, stage } from './rig/index.ts';

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
  const look = await person.page.evaluate(() => {
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
  expect(look).toEqual({ sideways: expect.any(Number), composerBelow: true, composerInView: true, inside: true });
  expect(look.sideways).toBeLessThanOrEqual(0);
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
