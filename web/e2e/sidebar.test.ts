// Many rooms at once: the sidebar, the directory, private rooms, and all of it on a phone.

import { expect, test } from 'vitest';
import { button, DIRECTORY, field, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

/** The names in the sidebar with what stands behind them. */
const listed = (who: Person) =>
  who.page.evaluate(() =>
    [...document.querySelectorAll('.room-button')].map((room) => (room.textContent ?? '').trim()),
  );
const current = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.room-button[aria-current]')?.textContent ?? '');

async function opens(who: Person, room: string): Promise<void> {
  await who.page.evaluate((name) => {
    const all = [...document.querySelectorAll<HTMLElement>('.room-button')];
    all.find((one) => one.querySelector('.room-name')?.textContent === name)?.click();
  }, room);
  await expect.poll(() => current(who)).toContain(room);
}

// F3
test('F3: the sidebar counts what is unread in other rooms, marks who names one, and says where one is', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  const bob = await set.member('bob', first);
  await ann.goesTo(second);
  await expect.poll(() => listed(ann)).toEqual([first, second]);
  await bob.say('one');
  await bob.say('two');
  await expect.poll(() => listed(ann)).toEqual([`${first}22 unread`, second]);
  await bob.say('and you, @ann?');
  await expect.poll(() => listed(ann)).toEqual([`${first}@133 unread, 1 mention`, second]);
  await opens(ann, first);
  await ann.messageWith('and you, @ann?');
  await expect.poll(() => listed(ann)).toEqual([first, second]);
  expect(await current(ann)).toBe(first);
});

// F3
test('F3: Alt with Up and Down goes through the rooms, with Shift through unread ones; Shift+Escape reads all', async () => {
  const names = [set.room(), set.room(), set.room()];
  const [first = '', second = '', third = ''] = names;
  const ann = await set.member('ann', first);
  const bob = await set.member('bob', first);
  await ann.goesTo(second);
  await ann.goesTo(third);
  await ann.press('ArrowUp', 'Alt');
  await expect.poll(() => current(ann)).toBe(second);
  await ann.press('ArrowDown', 'Alt');
  await expect.poll(() => current(ann)).toBe(third);
  await ann.press('ArrowDown', 'Alt');
  await expect.poll(() => current(ann)).toBe(first);
  await ann.press('ArrowUp', 'Alt');
  await expect.poll(() => current(ann)).toBe(third);
  await bob.say('something new');
  await expect.poll(() => listed(ann)).toEqual([`${first}11 unread`, second, third]);
  await ann.press('ArrowUp', 'Alt', 'Shift');
  await expect.poll(() => current(ann)).toContain(first);
  await ann.messageWith('something new');
  await opens(ann, second);
  // Whether the one before counts as read depends on whether the engine's window has the focus: a name tells this one from it.
  await bob.say('something newer, @ann');
  await expect.poll(async () => (await listed(ann))[0]).toMatch(/1 mention$/);
  await ann.press('Escape', 'Shift');
  await expect.poll(() => listed(ann)).toEqual([first, second, third]);
});

// F3
test('F3: a room is left from its menu, and the others stay', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.goesTo(second);
  // A room that opens gives the focus to the field, when the next frame comes.
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.focus(button(`More about ${first}`));
  await ann.press('Enter');
  await expect.poll(() => ann.count({ role: 'menuitem', name: 'Leave' }), { message: 'opened by Enter' }).toBe(1);
  await ann.press('Escape');
  await expect.poll(() => ann.count({ role: 'menuitem', name: 'Leave' })).toBe(0);
  await expect.poll(() => ann.hasFocus(button(`More about ${first}`))).toBe(true);
  await ann.press('Enter');
  await ann.click({ role: 'menuitem', name: 'Leave' });
  await expect.poll(() => listed(ann)).toEqual([second]);
});

// F5
test('F5: back and forward in the browser go from room to room, without loading the page again', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.goesTo(second);
  await ann.page.evaluate(() => {
    Object.assign(globalThis, { sameDocument: true });
  });
  expect(await ann.path()).toBe(`/r/${second}`);
  await ann.page.evaluate(() => history.back());
  await expect.poll(() => current(ann)).toBe(first);
  expect(await ann.path()).toBe(`/r/${first}`);
  await ann.page.evaluate(() => history.forward());
  await expect.poll(() => current(ann)).toBe(second);
  expect(await ann.page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
  expect(await listed(ann)).toEqual([first, second]);
});

// J4
test('J4: the join page lists open rooms with their numbers, and a click fills one in', async () => {
  const room = set.room();
  await set.member('bob', room);
  await set.member('eve', room);
  const ann = await set.person();
  await ann.open();
  const link = { role: 'link', name: `${room} 2 people` };
  await ann.sees(link);
  await ann.click(link);
  await expect.poll(() => ann.value(field('Room'))).toBe(room);
  await expect.poll(() => ann.hasFocus(field('Display name'))).toBe(true);
  expect(await ann.path()).toBe('/');
  expect(await ann.count({ role: 'button' })).toBe(1);
});

test('a private room is made in the directory, is in no list, and its link lets others in', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.click(button('Browse rooms'));
  await ann.fill(field('What it is called'), 'The surprise');
  await ann.click(button('Create private room'));
  await ann.sees(field('Invitation link'));
  const link = await ann.value(field('Invitation link'));
  expect(link).toContain(`${set.server.url}/i#`);
  await ann.click({ role: 'button', name: 'Close', within: { role: 'dialog' } });
  await expect.poll(() => current(ann)).toContain('The surprise');
  const bob = await set.member('bob', room);
  await bob.click(button('Browse rooms'));
  await bob.sees({ role: 'list', name: 'Open rooms' });
  expect((await bob.texts(DIRECTORY)).join()).not.toContain('The surprise');
  const eve = await set.person();
  await eve.open(link.slice(set.server.url.length));
  await expect.poll(() => eve.shown()).toContain('You are invited to The surprise');
  await eve.fill(field('Display name'), 'eve');
  await eve.click(button('Join'));
  await expect.poll(() => current(eve)).toContain('The surprise');
  await expect.poll(() => ann.users()).toEqual(['ann', 'eve']);
});

/** Moves a finger sideways over whatever is on top. */
async function swipes(who: Person, from: number, to: number): Promise<void> {
  await who.page.evaluate(
    (begin, end) => {
      const page = document.querySelector('dialog[open]') ?? document.querySelector('.room');
      const at = (type: string, x: number) =>
        page?.dispatchEvent(
          new PointerEvent(type, { pointerType: 'touch', isPrimary: true, clientX: x, clientY: 300, bubbles: true }),
        );
      at('pointerdown', begin);
      for (let step = 1; step <= 4; step += 1) {
        at('pointermove', begin + ((end - begin) * step) / 4);
      }
      at('pointerup', end);
    },
    from,
    to,
  );
}

// B1
test('B1: on a phone there are messages and the composer; rooms and people come in by button and by swipe', async () => {
  const ann = await set.member('ann', set.room());
  const width = await ann.page.resize(360, 640);
  const [rooms, people] = [DIRECTORY, { role: 'dialog', name: 'Users' }];
  await expect.poll(() => ann.count({ role: 'complementary' })).toBe(0);
  expect(await ann.count({ role: 'navigation' })).toBe(0);
  await ann.sees(MESSAGE);
  await ann.click(button('Show rooms'));
  await ann.sees(rooms);
  await ann.press('Escape');
  await expect.poll(() => ann.count(rooms)).toBe(0);
  await ann.click(button('Users'));
  await ann.sees(people);
  await expect.poll(() => ann.users()).toEqual(['ann']);
  await ann.press('Escape');
  // It is closed before the page hears of it.
  await expect.poll(() => ann.page.evaluate(() => document.querySelectorAll('.drawer').length)).toBe(0);
  await swipes(ann, 12, 120);
  await ann.sees(rooms);
  await swipes(ann, 120, 240);
  await ann.sees(rooms);
  await swipes(ann, 240, 120);
  await expect.poll(() => ann.count(rooms)).toBe(0);
  await swipes(ann, width - 12, width - 120);
  await ann.sees(people);
  await swipes(ann, 120, 240);
  await expect.poll(() => ann.count(people)).toBe(0);
  await swipes(ann, 150, 300);
  expect(await ann.count({ role: 'dialog' })).toBe(0);
});

// B1
test('B1: a drawer that is opened as another one closes stays open', async () => {
  const ann = await set.member('ann', set.room());
  await ann.page.resize(360, 640);
  await ann.click(button('Show rooms'));
  await ann.sees(DIRECTORY);
  await ann.page.evaluate(async () => {
    document.querySelector<HTMLElement>('.drawer-close')?.click();
    await Promise.resolve(); // as between any two clicks
    document.querySelector<HTMLElement>('.room-head [aria-label="Users"]')?.click();
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    await frame();
  });
  await ann.sees({ role: 'dialog', name: 'Users' });
});

// B2
test('B2: the page is made for phones: safe areas, a keyboard that takes room, letters that do not zoom', async () => {
  const ann = await set.member('ann', set.room());
  await ann.page.resize(360, 640);
  const meta = await ann.page.evaluate(() => document.querySelector('meta[name=viewport]')?.getAttribute('content'));
  expect(meta).toContain('viewport-fit=cover');
  expect(meta).toContain('interactive-widget=resizes-content');
  for (let n = 0; n < 30; n += 1) {
    await ann.say(`line ${n}`);
  }
  await ann.hasSent('line 29');
  // The keyboard comes: the window is lower. The end stays in view, and the composer above the keyboard.
  await ann.page.resize(360, 400);
  await expect.poll(async () => (await ann.scroll()).below).toBeLessThan(3);
  const { bottom, letters } = await ann.page.evaluate(() => {
    const box = globalThis.chinwagRig.find({ role: 'textbox', name: 'Message' })[0];
    return {
      bottom: (box?.getBoundingClientRect().bottom ?? 0) - innerHeight,
      letters: box === undefined ? 0 : Number.parseFloat(getComputedStyle(box).fontSize),
    };
  });
  expect(bottom).toBeLessThanOrEqual(0);
  expect(letters).toBeGreaterThanOrEqual(16);
});

// B3
test('B3: pulling at the end of a list pulls nothing else, least of all the page anew', async () => {
  const ann = await set.member('ann', set.room());
  const kept = await ann.page.evaluate(() =>
    [document.body, ...document.querySelectorAll('[role=log], .user-list, .room-lists')].map(
      (one) => getComputedStyle(one).overscrollBehaviorY,
    ),
  );
  expect(kept.length).toBe(4);
  expect(kept.every((how) => how === 'contain' || how === 'none')).toBe(true);
});

// ux A7
test('A7: at 320 px, as with 400 % zoom, nothing scrolls both ways, and targets are large enough', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('a few words');
  await ann.hasSent('a few words');
  const small = () =>
    ann.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, input, textarea')]
        .filter(
          (one) => one.checkVisibility({ opacityProperty: true }) && one.closest('.visually-hidden, .skip') === null,
        )
        .flatMap((one) => {
          const { width, height } = one.getBoundingClientRect();
          return Math.min(width, height) < 24 &&
            one.closest('label') === null &&
            getComputedStyle(one).display !== 'inline'
            ? [`${one.className} ${width} x ${height}`]
            : [];
        }),
    );
  expect(await small()).toEqual([]);
  await ann.page.resize(320, 480);
  await expect.poll(small).toEqual([]);
  await expect
    .poll(() => ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
  for (const name of ['Show rooms', 'Users']) {
    await ann.click(button(name));
    await ann.sees({ role: 'dialog' });
    expect(await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await ann.press('Escape');
    await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  }
});

// B1, F2, C7
test('B1 F2 C7: on a phone the way to the search and to the help is in the drawer of rooms', async () => {
  const ann = await set.member('ann', set.room());
  await ann.page.resize(360, 640);
  const inDrawer = (name: string) => ({ ...button(name), within: { role: 'dialog', name: 'Rooms' } });
  await ann.click(button('Show rooms'));
  await ann.click(inDrawer('Search'));
  await ann.sees({ role: 'dialog', name: 'Search messages' });
  await ann.press('Escape');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await ann.click(button('Show rooms'));
  await ann.click(inDrawer('Formatting and commands'));
  await ann.sees({ role: 'dialog', name: 'Formatting and commands' });
  expect(await ann.count({ role: 'dialog', name: 'Rooms' })).toBe(0);
});
