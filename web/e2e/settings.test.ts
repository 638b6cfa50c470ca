// What one sets takes effect at once and is kept.

import { expect, test } from 'vitest';
import { button, type Person, stage } from './rig/index.ts';

const set = stage();

const DIALOG = { role: 'dialog', name: 'Settings' };
const choice = (name: string) => ({ role: 'radio', name, within: DIALOG });

async function chooses(who: Person, name: string): Promise<void> {
  if ((await who.count(DIALOG)) === 0) {
    await who.click(button('Settings'));
  }
  await who.sees(choice(name));
  await who.page.evaluate((q) => globalThis.chinwagRig.find(q)[0]?.click(), choice(name));
}

const ground = (who: Person) => who.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

// T1
test('T1: light and dark are chosen at once, kept, and there before anything is drawn', async () => {
  const ann = await set.member('ann', set.room());
  await chooses(ann, 'Dark');
  const dark = await ground(ann);
  await chooses(ann, 'Light');
  const light = await ground(ann);
  expect(dark).not.toBe(light);
  await chooses(ann, 'Dark');
  await ann.page.reload();
  expect(await ground(ann)).toBe(dark);
  expect(await ann.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  // What sets it stands in the head, before what draws, and holds up the drawing: it is no module and not deferred.
  const page = await (await fetch(`${set.server.url}/`)).text();
  const script = page.indexOf('<script src="/theme.js"></script>');
  expect(script).toBeGreaterThan(0);
  expect(script).toBeLessThan(page.indexOf('type="module"'));
  await ann.arrives();
  await chooses(ann, 'Automatic');
  await expect.poll(() => ann.page.evaluate(() => document.documentElement.dataset['theme'] ?? 'auto')).toBe('auto');
});

// T3
test('T3: times are the reader’s, in twelve hours or in twenty-four, and tell the zone’s own hour', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('what time is it');
  await ann.hasSent('what time is it');
  await chooses(ann, '24 hours');
  const shown = async () => (await ann.messageWith('what time is it')).timeText;
  await expect.poll(shown).toMatch(/^\d\d:\d\d$/);
  const { datetime } = await ann.messageWith('what time is it');
  const hour = await ann.page.evaluate((iso) => new Date(iso).getHours(), datetime);
  expect(Number((await shown()).slice(0, 2))).toBe(hour);
  await chooses(ann, '12 hours');
  await expect.poll(shown).toMatch(/^\d\d?:\d\d\s[AP]M$/i);
  await ann.page.reload();
  await ann.arrives();
  await expect.poll(shown).toMatch(/[AP]M$/i);
});

// T4
test('T4: text grows, rows move closer, nothing leaves the window, and both are kept', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('how large is this');
  await ann.hasSent('how large is this');
  const look = () =>
    ann.page.evaluate(() => {
      const article = globalThis.chinwagRig.find({ role: 'article' })[0];
      return {
        text: article === undefined ? 0 : Number.parseFloat(getComputedStyle(article).fontSize),
        space: article === undefined ? 0 : Number.parseFloat(getComputedStyle(article).paddingTop),
        wide: document.documentElement.scrollWidth - innerWidth,
      };
    });
  const before = await look();
  await chooses(ann, 'Very large');
  const large = await look();
  expect(large.text).toBeGreaterThan(before.text);
  expect(large.wide).toBeLessThanOrEqual(0);
  await chooses(ann, 'Compact');
  await expect.poll(async () => (await look()).space).toBeLessThan(large.space);
  await ann.page.reload();
  await ann.arrives();
  await ann.messageWith('how large is this');
  expect((await look()).text).toBe(large.text);
});

// ux A8
test('A8: the dialog is a native modal one, Escape closes it, and the focus goes back', async () => {
  const ann = await set.member('ann', set.room());
  await ann.click(button('Settings'));
  await ann.sees(DIALOG);
  expect(await ann.page.evaluate(() => document.querySelector('dialog')?.matches(':modal') ?? false)).toBe(true);
  await ann.press('Escape');
  await expect.poll(() => ann.count(DIALOG)).toBe(0);
  await expect.poll(() => ann.hasFocus(button('Settings'))).toBe(true);
});

// R3
test('R3: without scripts the page says in words what it needs', async () => {
  const page = await (await fetch(`${set.server.url}/`)).text();
  const words = /<noscript>([\s\S]*?)<\/noscript>/.exec(page)?.[1] ?? '';
  expect(words).toContain('needs JavaScript');
  expect(words).toContain('lang="ar"');
});

// R5
test('R5: a fault in drawing says so, and offers a report without what anybody wrote', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('a secret of mine');
  await ann.hasSent('a secret of mine');
  await ann.page.evaluate(() => {
    const real = Element.prototype.setAttribute;
    Element.prototype.setAttribute = () => {
      Element.prototype.setAttribute = real;
      throw new Error('made by the test');
    };
  });
  await ann.say('this one cannot be drawn');
  await ann.sees(button('Copy report'));
  await ann.sees(button('Reload'));
  expect(await ann.alert()).toContain('Something went wrong');
  const report = await ann.page.evaluate(() => document.querySelector('.crash-report pre')?.textContent ?? '');
  expect(report).toContain('made by the test');
  expect(report).not.toContain('secret');
  await ann.click(button('Reload'));
  await ann.arrives();
});

// K7
test('K7: another build on the server is said once, and nothing is loaded again until one wants it', async () => {
  const ann = await set.member('ann', set.room());
  await ann.page.evaluate(() => {
    const real = window.fetch;
    window.fetch = (what, how) =>
      what === '/' ? Promise.resolve(new Response('<meta name="build" content="0123456789ab">')) : real(what, how);
    Object.assign(globalThis, { unloaded: true });
    dispatchEvent(new Event('offline'));
    dispatchEvent(new Event('online'));
  });
  await ann.sees(button('Reload'));
  expect(await ann.shown()).toContain('A new version is ready.');
  await ann.click(button('Reload'));
  await expect.poll(() => ann.page.evaluate(() => 'unloaded' in globalThis)).toBe(false);
  await ann.arrives();
  expect(await ann.count(button('Reload'))).toBe(0);
});
