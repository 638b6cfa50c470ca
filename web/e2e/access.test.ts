// Every screen and every dialog against the rules of axe, in the light and in the dark.

import axe from 'axe-core';
import { expect, inject, test } from 'vitest';
import { button, field, MESSAGE, type Page, type Person, type Query, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Two dozen screens, each looked through. */
const LONG_MS = 240_000;
const DIALOG: Query = { role: 'dialog' };

/** The library's whole text runs inside of the driver's call: the page's policy lets no page bring a script. */
const judge = new Function(
  `${axe.source}; return axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(
    ({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join('; ')))`,
) as () => Promise<string[]>;

async function isAccessible(page: Page, what: string): Promise<void> {
  let [found, moved]: [string[], boolean] = [[], false];
  do {
    // Colours that are on their way from one state to the next are nobody's contrast, nor are those of what came meanwhile.
    const before = await page.evaluate(() => globalThis.chinwagRig.rest());
    found = await page.evaluate(judge);
    moved = (await page.evaluate(() => globalThis.chinwagRig.rest())) !== before;
  } while (found.length > 0 && moved);
  expect(found, what).toEqual([]);
}

async function inTheme(who: Person, theme: 'light' | 'dark'): Promise<void> {
  await who.open();
  await who.page.evaluate((t) => localStorage.setItem('chinwag.theme', t), theme);
  await who.open();
}

async function opens(who: Person, name: string, dialog: Query = DIALOG): Promise<void> {
  await who.click(button(name));
  await who.sees(dialog);
  await isAccessible(who.page, name);
  await who.press('Escape');
  await expect.poll(() => who.count(dialog)).toBe(0);
}

const CAN = ['chromium', 'firefox'].includes(inject('engine'));

// ux A1, ux A5, T1
test.runIf(CAN).for(['light', 'dark'] as const)(
  'A1 A5: axe finds nothing serious on any screen (%s)',
  async (theme) => {
    const room = set.room();
    const bob = await set.member('bob', room);
    const ann = await set.person();
    await inTheme(ann, theme);
    await ann.sees(button('Join'));
    await isAccessible(ann.page, 'join');
    await ann.askToJoin('bob', room);
    await expect.poll(() => ann.alert()).not.toBe('');
    await isAccessible(ann.page, 'a refused join');
    await ann.askToJoin('ann', room);
    await ann.arrives();
    await bob.say('**bold** `code` ||hidden|| @ann https://example.org\n> quoted\n\n```js\nlet a = 1\n```');
    await bob.say('to be deleted');
    await ann.say('an answer :tada:');
    await ann.hasSent('an answer');
    await isAccessible(ann.page, 'room');
    await opens(ann, 'Settings');
    await opens(ann, 'Browse rooms');
    await ann.click(button('Settings'));
    await ann.click(button('Show the link'));
    await ann.sees(field('Link for another device'));
    const link = new URL(await ann.value(field('Link for another device')));
    await isAccessible(ann.page, 'the link for another device');
    await ann.press('Escape');
    const elsewhere = await set.person();
    await inTheme(elsewhere, theme);
    await elsewhere.open(link.pathname + link.hash);
    await elsewhere.sees(button('Go on as ann'));
    await isAccessible(elsewhere.page, 'where it leads');
    await ann.press('Escape');
    await ann.sees(MESSAGE);
    for (const [what, key, held] of [
      ['switcher', 'k', ['Control']],
      ['shortcuts', '/', ['Control']],
      ['search', 'f', ['Control', 'Shift']],
    ] as const) {
      await ann.press(key, ...held);
      await ann.sees(DIALOG);
      await isAccessible(ann.page, what);
      await ann.press('Escape');
      await expect.poll(() => ann.count(DIALOG)).toBe(0);
    }
  },
);

/** Sees it open, judges the page, and shuts it. */
async function judged(who: Person, open: Query, what: string): Promise<void> {
  await who.sees(open);
  await isAccessible(who.page, what);
  await who.press('Escape');
  await expect.poll(() => who.count(open)).toBe(0);
}

const menu: Query = { role: 'menu' };

// ux A1, ux A5, ux A8
test.runIf(CAN).for(['light', 'dark'] as const)(
  'A1 A5: axe finds nothing serious in what opens over a room, on an invitation, and without a network (%s)',
  { timeout: LONG_MS },
  async (theme) => {
    const [room, bob, ann] = [set.room(), await set.person(), await set.person()];
    await bob.join('bob', room);
    await inTheme(ann, theme);
    await ann.askToJoin('ann', room);
    await ann.arrives();
    await ann.say('mine, to be looked at');
    await ann.hasSent('mine, to be looked at');
    await bob.say(`a long story\n${'and on it goes\n'.repeat(60)}`);
    await ann.sees(button('Show all'));
    await isAccessible(ann.page, 'a long text');
    await ann.focusOn('mine, to be looked at');
    await ann.press('Enter');
    await ann.sees({ role: 'toolbar' });
    await isAccessible(ann.page, 'the tools of a message');
    await ann.press('Escape');
    await ann.press('Delete');
    await judged(ann, DIALOG, 'the question before deleting');
    await ann.click({ role: 'button', name: { part: 'Connection details' } });
    await judged(ann, { role: 'dialog', name: 'Connection' }, 'the connection');
    await ann.click({ role: 'button', name: { part: 'Notifications of this room' } });
    await judged(ann, { role: 'dialog', name: 'Notifications' }, 'the bell');
    await ann.click(button('Insert emoji'));
    await judged(ann, DIALOG, 'the picker of emoji');
    await ann.click(button('Formatting and commands'));
    await judged(ann, DIALOG, 'the help');
    await ann.click({ role: 'button', name: { part: 'More about' } });
    await judged(ann, menu, "a room's menu");
    await ann.click({ role: 'button', name: { part: 'bob' }, within: { role: 'complementary' } });
    await judged(ann, { role: 'dialog', name: { part: 'About' } }, "somebody's card");
    await ann.fill(MESSAGE, '@b');
    await ann.sees({ role: 'option' });
    await isAccessible(ann.page, 'names to choose from');
    await ann.fill(MESSAGE, '');
    await ann.page.resize(360, 640);
    await ann.click(button('Show rooms'));
    await judged(ann, DIALOG, 'the drawer of rooms');
    await ann.click(button('Users'));
    await judged(ann, DIALOG, 'the drawer of people');
    await isAccessible(ann.page, 'a phone');
    const eve = await set.person();
    await inTheme(eve, theme);
    await eve.open(`/i#${'A'.repeat(43)}.The%20surprise`);
    await eve.sees(button('Join'));
    await eve.sees({ role: 'link', name: { part: room } }); // comes in later than the form
    await isAccessible(eve.page, 'an invitation');
    await set.server.kill();
    await ann.sees({ role: 'button', name: { part: 'Retry' } });
    await isAccessible(ann.page, 'without the server');
    await isAccessible(eve.page, 'the join page without the server');
    await set.server.up();
  },
);

// ux A3
test('A3: one main heading, the landmarks, and a link that skips to the message field', async () => {
  const ann = await set.member('ann', set.room());
  const marks = await ann.page.evaluate(() =>
    ['h1', 'main', 'nav', 'header', 'aside, [role=complementary]', 'form'].map(
      (mark) => document.querySelectorAll(mark).length,
    ),
  );
  expect(marks[0]).toBe(1);
  expect(marks[1]).toBe(1);
  expect(Math.min(...marks)).toBeGreaterThan(0);
});

// R4
test('R4: nothing is asked of anybody but the server', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('see https://example.org/picture.png :tada:');
  await ann.hasSent('see https');
  await ann.click(button('Settings'));
  await ann.sees(DIALOG);
  const strangers = await ann.page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).hostname)
      .filter((host) => host !== location.hostname && host !== '127.0.0.1'),
  );
  expect(strangers).toEqual([]);
});
