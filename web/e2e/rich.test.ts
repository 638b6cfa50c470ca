// What people write has form: as they meant it, and never more than that.

import { expect, test } from 'vitest';
import { button, LOG, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

// L12
test('L12: bold, italic, strike, code, quotes, lists and links have their form', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('**bold** *italic* ~~gone~~ `code` [docs](https://example.org/a)\n> quoted\n- one\n- two\n3. three');
  const { tags, links, text } = await ann.messageWith('bold');
  expect(tags).toEqual(expect.arrayContaining(['strong', 'em', 's', 'code', 'blockquote', 'ul', 'ol', 'li', 'a']));
  expect(links).toEqual([
    {
      text: 'docs (example.org)',
      href: 'https://example.org/a',
      rel: 'noopener noreferrer nofollow',
      target: '_blank',
    },
  ]);
  expect(text).not.toContain('**');
});

// L12
test('L12: a block of code keeps its lines, gets its colours and can be copied', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('```ts\nconst answer = 42;\n\n  // indented\n```');
  const { text } = await ann.messageWith('answer');
  expect(text).toContain('const answer = 42;\n\n  // indented');
  const coloured = () => ann.page.evaluate(() => document.querySelector('article pre .c-kwd')?.textContent ?? '');
  await expect.poll(coloured).toBe('const');
  await ann.page.evaluate(() => {
    const clipboard = { writeText: (copied: string) => Promise.resolve(Object.assign(globalThis, { copied })) };
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  });
  await ann.click(button('Copy code'));
  const copied = () => ann.page.evaluate(() => String(Reflect.get(globalThis, 'copied')));
  await expect.poll(copied).toBe('const answer = 42;\n\n  // indented');
  await ann.sees(button('Copied'));
});

// L12, ux A4
test('L12: a spoiler is shown when asked for, by keyboard too', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('the end: ||everybody lives||');
  const before = await ann.messageWith('the end');
  expect(before.text).not.toContain('everybody lives');
  const spoiler = button('Spoiler');
  expect(await ann.attribute(spoiler, 'aria-expanded')).toBe('false');
  await ann.focus(spoiler);
  await ann.press('Enter');
  await expect.poll(() => ann.attribute(spoiler, 'aria-expanded')).toBe('true');
  expect((await ann.messageWith('the end')).text).toContain('everybody lives');
});

// L11
test('L11: long words wrap, each text has its own direction, emoji alone are large', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say(`long ${'w'.repeat(900)} https://example.org/${'a'.repeat(900)}`);
  await ann.say('שלום לכולם');
  await ann.say('🎉🎉');
  await ann.messageWith('🎉🎉');
  const seen = await ann.page.evaluate((log) => {
    const box = globalThis.chinwagRig.find(log)[0] as HTMLElement;
    const texts = [...box.querySelectorAll<HTMLElement>('article .text')];
    return {
      over: box.scrollWidth - box.clientWidth,
      directions: texts.map((text) => getComputedStyle(text).direction),
      sizes: texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize)),
    };
  }, LOG);
  expect(seen.over).toBeLessThanOrEqual(0);
  expect(seen.directions).toEqual(['ltr', 'rtl', 'ltr']);
  expect(seen.sizes[2]).toBeGreaterThan(1.5 * (seen.sizes[0] ?? 0));
});

// L1, L2, L3
test('L1 L2 L3: one head for a group, a line for the day, and times that say when exactly', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('one');
  await ann.say('two');
  await ann.hasSent('two');
  await bob.say('three');
  await ann.messageWith('three');
  const heads = await ann.page.evaluate(() =>
    [...document.querySelectorAll('article')].map((row) => row.querySelector('.avatar') !== null),
  );
  expect(heads).toEqual([true, false, true]);
  expect(await ann.lines()).toContain('Today');
  for (const { datetime, timeTitle } of await ann.articles()) {
    expect(new Date(datetime).toISOString()).toBe(datetime);
    expect(timeTitle).toContain(String(new Date(datetime).getFullYear()));
  }
});

// C7, ux A9
test('a message that names one stands out, and says so without colour', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await bob.say('hello @ANN, and @nobody');
  await ann.messageWith('hello');
  expect(await ann.count({ role: 'img', name: 'Mentions you' })).toBe(1);
  expect(await bob.count({ role: 'img', name: 'Mentions you' })).toBe(0);
  const marked = () =>
    bob.page.evaluate(() => [...document.querySelectorAll('article .called')].map((one) => one.textContent));
  expect(await marked()).toEqual(['@ANN']);
  await bob.say('/me *waves*');
  expect((await ann.messageWith('waves')).tags).toContain('em');
});
