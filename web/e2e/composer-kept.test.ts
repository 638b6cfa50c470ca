// What is being written is kept: over a reload, a crash, another room, a lost server, a server that asks for patience.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';

/** So few that a handful of messages is a flood. */
const set = stage('--rate', '1', '--burst', '3');

// C2
test('C2: a draft is there after a reload', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'half a\nthought');
  await ann.page.reload();
  await ann.sees(MESSAGE);
  await expect.poll(() => ann.value(MESSAGE)).toBe('half a\nthought');
  await ann.press('Enter');
  await ann.hasSent('thought');
  await ann.page.reload();
  await ann.messageWith('thought');
  expect(await ann.value(MESSAGE)).toBe('');
});

// C2
test('C2: a draft is there after its tab has ended without a word', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const later = await set.tabOf(ann);
  await ann.fill(MESSAGE, 'half a thought');
  await ann.page.shut();
  await later.open(`/r/${room}?name=ann`);
  await later.sees(MESSAGE);
  await expect.poll(() => later.value(MESSAGE)).toBe('half a thought');
});

// C2
test('C2: each room has its own draft', async () => {
  const [here, there] = [set.room(), set.room()];
  const ann = await set.member('ann', here);
  await ann.fill(MESSAGE, 'for here');
  await ann.click(button('Leave'));
  await ann.join('ann', there);
  expect(await ann.value(MESSAGE)).toBe('');
  await ann.fill(MESSAGE, 'for there');
  await ann.click(button('Leave'));
  await ann.join('ann', here);
  await expect.poll(() => ann.value(MESSAGE)).toBe('for here');
});

// C2, L16
test('C2 L16: an answer that is begun is one still after a look into another room, and after a reload', async () => {
  const [here, there] = [set.room(), set.room()];
  const [ann, bob] = [await set.member('ann', here), await set.member('bob', here)];
  await bob.say('who brings coffee?');
  await ann.focusOn('who brings coffee?');
  await ann.press('r');
  await expect.poll(() => ann.shown()).toContain('Answering');
  await ann.fill(MESSAGE, 'I do');
  await ann.goesTo(there);
  await expect.poll(() => ann.shown()).not.toContain('Answering');
  await ann.goesTo(here);
  await expect.poll(() => ann.shown()).toContain('Answering');
  await ann.page.reload();
  await ann.sees(MESSAGE);
  await expect.poll(() => ann.shown()).toContain('Answering');
  expect(await ann.value(MESSAGE)).toBe('I do');
  await ann.press('Enter');
  expect((await bob.messageWith('I do')).text).toContain('who brings coffee?');
  await expect.poll(() => ann.shown()).not.toContain('Answering');
});

// R1
test('R1: what is written in one tab stands in the other', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const bob = await set.tabOf(ann);
  await bob.join('bob', room);
  await ann.fill(MESSAGE, 'from one to the other');
  await expect.poll(() => bob.value(MESSAGE)).toBe('from one to the other');
});

// C5
test('C5: without a server one goes on writing; messages wait under a clock and go out in order', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await set.server.kill();
  for (const text of ['one', 'two']) {
    await ann.say(text);
    expect((await ann.messageWith(text)).busy).toBe(true);
    expect((await ann.messageWith(text)).tags).toContain('svg');
    expect(await ann.hasFocus(MESSAGE)).toBe(true);
  }
  await ann.fill(MESSAGE, 'still writing');
  await set.server.up();
  await ann.hasSent('two');
  await expect.poll(() => bob.heard(['one', 'two']), { timeout: 60_000 }).toEqual(['one', 'two']);
  expect(await ann.value(MESSAGE)).toBe('still writing');
});

// C6
test('C6: who writes too fast keeps the text, and sees when it goes on', async () => {
  const ann = await set.member('ann', set.room());
  let kept = '';
  // It goes on within a second; should the page be so slow that the text is in time, the next one is not.
  for (let n = 1; n < 9 && kept === ''; n += 1) {
    await ann.sayAll([1, 2, 3, 4, 5, 6].map((m) => `message ${n} ${m}`));
    kept = await saysWhileHeldUp(ann, `patience ${n}`);
  }
  expect(kept).toMatch(/^patience \d$/);
  expect(await ann.value(MESSAGE)).toBe(kept);
  // What was said before it goes first, and may take its turn.
  const left = async () => {
    await ann.press('Enter');
    return await ann.value(MESSAGE);
  };
  await expect.poll(left, { timeout: 30_000 }).toBe('');
  await ann.hasSent(kept);
});

const HINT = 'You can send again in';

/** Tries to send as soon as it is said that one cannot yet; answers what is left in the field. */
async function saysWhileHeldUp(who: Person, text: string): Promise<string> {
  return await who.page.evaluate(
    async (field, hint, words) => {
      while (!/\d+ s/.test(document.body.textContent.split(hint)[1] ?? '')) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      globalThis.chinwagRig.send(field, words);
      return globalThis.chinwagRig.value(field);
    },
    MESSAGE,
    HINT,
    text,
  );
}
