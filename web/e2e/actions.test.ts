// What can be done with a message: answer, react, change, delete, copy; by mouse, by keyboard and by touch.

import { expect, inject, test } from 'vitest';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');
const TOOLS = { role: 'toolbar', name: 'Message actions' };

async function two(): Promise<[Person, Person]> {
  const room = set.room();
  return [await set.member('ann', room), await set.member('bob', room)];
}

// L15
test('L15: E changes one’s own message, everywhere, and says that and when it was', async () => {
  const [ann, bob] = await two();
  await ann.say('teh answer');
  await ann.hasSent('teh answer');
  await bob.messageWith('teh answer');
  await ann.focusOn('teh answer');
  await ann.press('e');
  await expect.poll(() => ann.value(MESSAGE)).toBe('teh answer');
  await ann.say('the answer');
  for (const person of [ann, bob]) {
    await expect.poll(async () => (await person.messageWith('the answer')).text).toContain('(edited)');
    expect(await person.heard(['teh'])).toEqual([]);
    const when = await person.page.evaluate(() => document.querySelector('.edited')?.getAttribute('title') ?? '');
    expect(when).toMatch(/Edited .*\d/);
  }
});

// L15, ux A8
test('L15 A8: Delete asks first, and leaves a line in the message’s place for everybody', async () => {
  const [ann, bob] = await two();
  await ann.say('regrettable');
  await ann.hasSent('regrettable');
  await bob.messageWith('regrettable');
  await ann.focusOn('regrettable');
  await ann.press('Delete');
  await ann.sees({ role: 'dialog', name: 'Delete this message?' });
  await ann.press('Escape');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await expect.poll(() => ann.focusedMessage()).toContain('regrettable');
  await ann.press('Delete');
  await ann.click({ role: 'button', name: 'Delete', within: { role: 'dialog' } });
  for (const person of [ann, bob]) {
    await person.messageWith('This message was deleted.');
    await expect.poll(() => person.heard(['regrettable'])).toEqual([]);
  }
});

// L16
test('L16: an answer quotes what it answers, and leads there', async () => {
  const [ann, bob] = await two();
  await ann.say('where shall we **meet**?');
  await ann.hasSent('where shall we');
  await ann.sayAll(Array.from({ length: 60 }, (_, n) => `filler ${n}`));
  await ann.hasSent('filler 59');
  await bob.messageWith('where shall we');
  await bob.focusOn('where shall we');
  await bob.press('r');
  await expect.poll(() => bob.hasFocus(MESSAGE)).toBe(true);
  await bob.say('at the quay');
  const quote = { role: 'button', name: { part: 'where shall we meet?' } };
  await ann.sees(quote);
  await ann.click(quote);
  await expect.poll(() => ann.flashes()).toContain('where shall we meet?');
  const inView = () =>
    ann.page.evaluate(() => {
      const bodies = [...document.querySelectorAll('article .body')];
      const box = bodies.find((body) => body.textContent === 'where shall we meet?')?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= innerHeight;
    });
  await expect.poll(inView).toBe(true);
});

// L17
test('L17: a reaction is added and taken back with a press, and says whose it is', async () => {
  const [ann, bob] = await two();
  await ann.say('we are done');
  await ann.hasSent('we are done');
  await bob.focusOn('we are done');
  await bob.press('Enter');
  await bob.click(button('React'));
  await bob.click(button('React with 🎉'));
  const chip = { role: 'button', name: { part: '🎉' }, within: { role: 'log' } };
  await ann.sees(chip);
  expect(await ann.attribute(chip, 'aria-label')).toBe('1 🎉 bob');
  expect(await ann.attribute(chip, 'title')).toContain('bob');
  expect(await ann.attribute(chip, 'aria-pressed')).toBe('false');
  await expect.poll(() => bob.attribute(chip, 'aria-pressed')).toBe('true');
  await ann.click(chip);
  await expect.poll(() => bob.texts(chip)).toEqual([expect.stringContaining('2')]);
  await ann.click(chip);
  await bob.click(chip);
  await expect.poll(() => ann.count(chip)).toBe(0);
});

// ux A4
test('A4: the tools are reached with Enter, walked with arrows, and left with Escape', async () => {
  const [ann] = await two();
  await ann.say('by keyboard');
  await ann.hasSent('by keyboard');
  await ann.focusOn('by keyboard');
  await ann.press('Enter');
  await ann.sees(TOOLS);
  await expect.poll(() => ann.hasFocus(button('React'))).toBe(true);
  await ann.press('ArrowRight');
  await expect.poll(() => ann.hasFocus(button('Reply'))).toBe(true);
  await ann.press('ArrowLeft');
  await ann.press('ArrowLeft');
  await expect.poll(() => ann.hasFocus(button('Delete'))).toBe(true);
  await ann.press('Escape');
  await expect.poll(() => ann.focusedMessage()).toContain('by keyboard');
  await expect.poll(() => ann.count(TOOLS)).toBe(0);
});

test('the tools come with the mouse, and copy the text and the way to the message', async () => {
  const [ann] = await two();
  await ann.say('copy *me*');
  await ann.hasSent('copy me');
  await ann.page.evaluate(() => {
    const clipboard = { writeText: (copied: string) => Promise.resolve(Object.assign(globalThis, { copied })) };
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  });
  const at = await ann.page.evaluate(() => {
    const box = document.querySelector('article .body')?.getBoundingClientRect();
    return { x: (box?.left ?? 0) + 5, y: (box?.top ?? 0) + 5 };
  });
  await ann.page.moveTo(at.x, at.y);
  await ann.sees(TOOLS);
  const copied = () => ann.page.evaluate(() => String(Reflect.get(globalThis, 'copied')));
  await ann.click({ role: 'button', name: 'Copy text', within: TOOLS });
  await expect.poll(copied).toBe('copy *me*');
  await ann.focusOn('copy me');
  await ann.press('Enter');
  await ann.click({ role: 'button', name: 'Copy link', within: TOOLS });
  await expect.poll(copied).toMatch(/\/r\/room-\d+\?at=\d+$/);
});

// B4
test('B4: a finger that rests on a message asks for its tools, which stay when it is lifted', async () => {
  const [ann] = await two();
  await ann.say('press me');
  await ann.hasSent('press me');
  await ann.page.evaluate(() => {
    const body = document.querySelector('article .body');
    const box = body?.getBoundingClientRect();
    const at = { clientX: box?.left ?? 0, clientY: box?.top ?? 0, bubbles: true, pointerType: 'touch' };
    body?.dispatchEvent(new PointerEvent('pointerdown', at));
  });
  await ann.sees(TOOLS);
  await ann.page.evaluate(() => {
    const body = document.querySelector('article .body');
    const touch = { bubbles: true, pointerType: 'touch' };
    body?.dispatchEvent(new PointerEvent('pointerup', touch));
    for (let under = body; under != null; under = under.parentElement) {
      under.dispatchEvent(new PointerEvent('pointerleave', { ...touch, bubbles: false }));
    }
  });
  await ann.click({ role: 'button', name: 'Reply', within: TOOLS });
  await expect.poll(() => ann.shown()).toContain('Answering');
});

// B4
test.runIf(inject('engine') === 'chromium')(
  'B4: a finger on a quote asks for the tools of its message, and does not follow the quote',
  async () => {
    const [ann, bob] = await two();
    await ann.page.touched?.();
    await ann.page.reload();
    await bob.say('far away');
    await bob.hasSent('far away');
    await bob.focusOn('far away');
    await bob.press('r');
    await bob.say('an answer');
    await ann.messageWith('an answer');
    const quote = await ann.page.evaluate(() => {
      const box = document.querySelector('.quote')?.getBoundingClientRect();
      return { x: (box?.left ?? 0) + 20, y: (box?.top ?? 0) + 5 };
    });
    const devtools = await ann.page.devtools?.();
    await devtools?.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [quote] });
    await ann.sees(TOOLS);
    await devtools?.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await ann.click({ role: 'button', name: 'Reply', within: TOOLS });
    await expect.poll(() => ann.shown()).toContain('Answering');
    expect(await ann.page.evaluate(() => document.querySelector('.flashed') === null)).toBe(true);
  },
);
