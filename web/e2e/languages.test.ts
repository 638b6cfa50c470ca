// English and Arabic, from one catalogue, in both directions.

import { expect, test } from 'vitest';
import { button, type Person, stage } from './rig/index.ts';

const set = stage();

async function chooses(who: Person, settings: string, name: string): Promise<void> {
  await who.click(button(settings));
  const radio = { role: 'radio', name, within: { role: 'dialog', name: settings } };
  await who.sees(radio);
  await who.page.evaluate((q) => globalThis.chinwagRig.find(q)[0]?.click(), radio);
}

const root = (who: Person) =>
  who.page.evaluate(() => ({ lang: document.documentElement.lang, dir: getComputedStyle(document.body).direction }));

// T2, ux A10
test('T2 A10: Arabic turns the page round, in every word and at once, and stays', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  expect(await root(ann)).toEqual({ lang: 'en', dir: 'ltr' });
  const side = (role: string) =>
    ann.page.evaluate((r) => {
      const box = globalThis.chinwagRig.find({ role: r })[0]?.getBoundingClientRect();
      return box === undefined ? 'nowhere' : box.left + box.width / 2 < innerWidth / 2 ? 'left' : 'right';
    }, role);
  expect([await side('navigation'), await side('complementary')]).toEqual(['left', 'right']);
  await chooses(ann, 'Settings', 'العربية');
  await ann.sees({ role: 'dialog', name: 'الإعدادات' });
  expect(await root(ann)).toEqual({ lang: 'ar', dir: 'rtl' });
  await ann.press('Escape');
  await ann.sees({ role: 'textbox', name: 'الرسالة' });
  await ann.sees({ role: 'heading', name: 'المستخدمون' });
  expect([await side('navigation'), await side('complementary')]).toEqual(['right', 'left']);
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await ann.page.reload();
  await expect.poll(() => root(ann)).toEqual({ lang: 'ar', dir: 'rtl' });
  await ann.sees({ role: 'textbox', name: 'الرسالة' });
  expect(await ann.shown()).not.toContain('Users');
});

// T2
test('T2: what the server says of a room is said in Arabic, too', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await chooses(ann, 'Settings', 'العربية');
  await ann.press('Escape');
  await set.member('bob', room);
  await expect.poll(() => ann.lines()).toContain('انضم \u2068bob\u2069!');
  expect(await ann.lines()).not.toMatch(/Welcome|has joined/);
});

// T2, K1, ux A7
test.each(['en', 'ar'])(
  'T2 K1 A7: in the largest text of %s the round trip is seen whole on 320 px',
  async (language) => {
    const room = set.room();
    const ann = await set.member('ann', room);
    await ann.page.evaluate((wanted) => {
      localStorage.setItem('chinwag.language', wanted);
      localStorage.setItem('chinwag.text', 'huge');
    }, language);
    await ann.page.resize(320, 640);
    await ann.page.reload();
    const text = () => ann.page.evaluate(() => document.querySelector('.connection-text')?.textContent ?? '');
    await expect.poll(text).toMatch(/[\d٠-٩]/);
    const cut = await ann.page.evaluate(() => {
      const box = document.querySelector('.connection-text');
      return box === null ? null : [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight];
    });
    expect(cut).toEqual([0, 0]);
  },
);

// T5
test('T5: Arabic says one, two and three of a thing in three ways', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await chooses(ann, 'Settings', 'العربية');
  await ann.press('Escape');
  const users = () => ann.attribute({ role: 'button', name: 'المستخدمون' }, 'title');
  await expect.poll(users).toBe('مستخدم واحد');
  await set.member('bob', room);
  await expect.poll(users).toBe('مستخدمان');
  await set.member('eve', room);
  await expect.poll(users).toMatch(/^[3٣] مستخدمين$/);
});

// T5
test('T5: English says one of a thing in the singular', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const users = () => ann.attribute({ role: 'button', name: 'Users' }, 'title');
  await expect.poll(users).toBe('1 user');
  await set.member('bob', room);
  await expect.poll(users).toBe('2 users');
});

// T2
test('T2: the join page speaks the language that was chosen, and says a name in another script the right way round', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await chooses(ann, 'Settings', 'العربية');
  await ann.open();
  await ann.sees({ role: 'button', name: 'دخول' });
  expect(await root(ann)).toEqual({ lang: 'ar', dir: 'rtl' });
  expect(await ann.count(button('Join'))).toBe(0);
});
