// Being told while one looks elsewhere: the title, the icon, the desktop; and what counts as read.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage();
const BELL: Query = { role: 'button', name: { part: 'Notifications of this room' } };
const PANEL: Query = { role: 'dialog', name: 'Notifications' };

interface Told {
  readonly title: string;
  readonly body: string;
  readonly closed: boolean;
}

/**
 * A desktop that the test can read, in place of the browser's: it notes what it is asked and told, and clicks. `asks` is
 * how the person answers the browser's question.
 */
async function desktop(person: Person, permission: NotificationPermission, asks: NotificationPermission = 'granted') {
  await person.page.evaluate(
    (now, answer) => {
      const told: { title: string; body: string; closed: boolean; onclick: (() => void) | null }[] = [];
      let asked = 0;
      class Desktop {
        static permission = now;
        static requestPermission() {
          asked += 1;
          Desktop.permission = answer;
          return Promise.resolve(answer);
        }
        title: string;
        body: string;
        closed = false;
        onclick: (() => void) | null = null;
        constructor(title: string, { body }: { body: string }) {
          this.title = title;
          this.body = body;
          told.push(this);
        }
        close() {
          this.closed = true;
        }
      }
      Object.defineProperty(globalThis, 'Notification', { value: Desktop, configurable: true });
      Object.assign(globalThis, { desktop: { told, asked: () => asked } });
      dispatchEvent(new Event('focus')); // permissions are read again when one comes back
    },
    permission,
    asks,
  );
}

async function told(person: Person): Promise<Told[]> {
  return await person.page.evaluate(() => {
    const { desktop } = globalThis as unknown as { desktop: { told: Told[] } };
    return desktop.told.map(({ title, body, closed }) => ({ title, body, closed }));
  });
}

async function asked(person: Person): Promise<number> {
  return await person.page.evaluate(() =>
    (globalThis as unknown as { desktop: { asked: () => number } }).desktop.asked(),
  );
}

/** Looks away from the page, or back at it: no engine here has a desktop with windows to go to. */
async function looks(person: Person, at: boolean): Promise<void> {
  await person.page.evaluate((here) => {
    Object.defineProperty(document, 'hidden', { value: !here, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: here ? 'visible' : 'hidden', configurable: true });
    document.hasFocus = () => here;
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new Event(here ? 'focus' : 'blur'));
  }, at);
}

const title = (person: Person) => person.page.evaluate(() => document.title);
const icon = (person: Person) =>
  person.page.evaluate(() => document.querySelector('link[rel=icon]')?.getAttribute('href') ?? '');

/** Turns on what the bell offers. */
async function wantsDesktop(person: Person): Promise<void> {
  await desktop(person, 'default');
  await person.click(BELL);
  await person.click(button('Turn on notifications'));
  await person.sees({ role: 'checkbox', name: 'Show on the desktop' });
  await person.press('Escape');
}

async function chooses(person: Person, level: 'All messages' | 'Mentions' | 'Nothing'): Promise<void> {
  await person.click(BELL);
  await person.click({ role: 'radio', name: level });
  await person.press('Escape');
  await expect.poll(() => person.count(PANEL)).toBe(0);
}

/** Opens another room beside those that one is in. */
async function enters(person: Person, room: string): Promise<void> {
  await person.say(`/join ${room}`);
  await expect.poll(() => title(person)).toContain(room);
}

// N1
test('while one looks away the title counts what comes and the icon has a dot, until one looks again', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await looks(ann, true);
  await expect.poll(() => title(ann)).toBe(`#${room} — Chinwag`);
  const plain = await icon(ann);
  await looks(ann, false);
  for (const text of ['one', 'two', 'three']) {
    await bob.say(text);
  }
  await expect.poll(() => title(ann)).toBe(`(3) #${room} — Chinwag`);
  await expect.poll(() => icon(ann)).not.toBe(plain);
  await looks(ann, true);
  await expect.poll(() => title(ann)).toBe(`#${room} — Chinwag`);
  await expect.poll(() => icon(ann)).toBe(plain);
});

// N2
test('nothing is asked when the page is opened; the bell explains first, and a click asks', async () => {
  const ann = await set.member('ann', set.room());
  await desktop(ann, 'default');
  await ann.page.reload();
  await ann.sees(MESSAGE);
  await desktop(ann, 'default');
  await ann.click(BELL);
  await ann.sees(button('Turn on notifications'));
  expect((await ann.texts(PANEL)).join()).toContain('Your browser will ask');
  expect(await asked(ann)).toBe(0);
  await ann.click(button('Turn on notifications'));
  await ann.sees({ role: 'checkbox', name: 'Show on the desktop' });
  expect(await asked(ann)).toBe(1);
});

// N2
test('where the browser has said no, or has no notifications, the bell says so and offers nothing', async () => {
  const ann = await set.member('ann', set.room());
  await desktop(ann, 'default', 'denied');
  await ann.click(BELL);
  await ann.click(button('Turn on notifications'));
  await expect.poll(async () => (await ann.texts(PANEL)).join()).toContain('blocks notifications');
  expect(await ann.count(button('Turn on notifications'))).toBe(0);
  await ann.page.evaluate(() => {
    Reflect.deleteProperty(globalThis, 'Notification');
    dispatchEvent(new Event('focus'));
  });
  await expect.poll(async () => (await ann.texts(PANEL)).join()).toContain('has no notifications');
});

// N3
test('one is told of mentions, as plain text, and of nothing in a room that one looks at', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await wantsDesktop(ann);
  await looks(ann, true);
  await bob.say('@ann seen at once');
  await ann.messageWith('seen at once');
  await looks(ann, false);
  await bob.say('not for you');
  await bob.say('@ann <b>look</b>\n\u202Eat ||this||');
  await expect.poll(async () => (await told(ann)).length).toBe(1);
  const [only] = await told(ann);
  expect(only?.title).toContain('bob');
  expect(only?.title).toContain(`#${room}`);
  expect(only?.body).toBe('\u2068@ann <b>look</b> at ▒▒▒\u2069');
  await looks(ann, true);
  await expect.poll(async () => (await told(ann))[0]?.closed).toBe(true);
});

// N3
test('each room is told of as it was chosen: everything, or nothing; also in another tab', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await wantsDesktop(ann);
  await chooses(ann, 'All messages');
  await looks(ann, false);
  await bob.say('anything at all');
  await expect.poll(async () => (await told(ann)).map(({ body }) => body)).toEqual(['\u2068anything at all\u2069']);
  await looks(ann, true);
  const other = await set.tabOf(ann);
  await other.join('eve', room);
  await chooses(other, 'Nothing');
  await other.page.shut();
  await ann.sees({ role: 'button', name: 'Notifications of this room: off' });
  await looks(ann, false);
  await bob.say('@ann this is for you');
  await ann.messageWith('this is for you');
  await expect.poll(() => title(ann)).toBe(`#${room} — Chinwag`);
  expect((await told(ann)).length).toBe(1);
});

// N3
test('of two tabs one tells', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await wantsDesktop(ann);
  const other = await set.tabOf(ann);
  await other.join('eve', room);
  await desktop(other, 'granted');
  for (const tab of [ann, other]) {
    await looks(tab, false);
  }
  await bob.say('@ann @eve to both of you');
  for (const tab of [ann, other]) {
    await tab.messageWith('to both of you');
  }
  const all = async () => [...(await told(ann)), ...(await told(other))];
  await expect.poll(async () => (await all()).length).toBe(1);
  await bob.say('@ann @eve once more');
  await expect.poll(async () => (await all()).length).toBe(2);
  await other.page.shut();
});

// N4
test('a click on a notification leads to the room and to the message in it', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  const bob = await set.member('bob', first);
  await wantsDesktop(ann);
  await enters(ann, second);
  await looks(ann, false);
  await bob.say('@ann over here');
  await expect.poll(async () => (await told(ann)).length).toBe(1);
  expect((await told(ann))[0]?.title).toContain(`#${first}`);
  for (const text of ['much', 'more', 'even more']) {
    await bob.say(Array.from({ length: 40 }, () => text).join('\n'));
  }
  await bob.hasSent('even more');
  await looks(ann, true);
  expect(await ann.heard(['over here'])).toEqual([]);
  await ann.page.evaluate(() => {
    const { desktop } = globalThis as unknown as { desktop: { told: { onclick: (() => void) | null }[] } };
    desktop.told[0]?.onclick?.();
  });
  await ann.messageWith('over here');
  await expect.poll(async () => (await told(ann))[0]?.closed).toBe(true);
  await expect.poll(() => title(ann)).toContain(first);
  const inView = () =>
    ann.page.evaluate(() => {
      const [log] = globalThis.chinwagRig.find({ role: 'log' });
      const row = globalThis.chinwagRig.find({ role: 'article' }).find((one) => one.innerText.includes('over here'));
      const [box, at] = [log?.getBoundingClientRect(), row?.getBoundingClientRect()];
      return box !== undefined && at !== undefined && at.top >= box.top && at.bottom <= box.bottom;
    });
  await expect.poll(inView).toBe(true);
});

// N5
test('sound is off until it is turned on, has a volume, and the app’s badge counts', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.page.evaluate(() => {
    const badges: (number | null)[] = [];
    Object.assign(globalThis, { badges });
    Object.defineProperty(navigator, 'setAppBadge', { value: async (n: number) => void badges.push(n) });
    Object.defineProperty(navigator, 'clearAppBadge', { value: async () => void badges.push(null) });
  });
  await ann.click(BELL);
  await ann.sees({ role: 'checkbox', name: 'Play a sound' });
  const on = () =>
    ann.page.evaluate(() => {
      const [box] = globalThis.chinwagRig.find({ role: 'checkbox', name: 'Play a sound' });
      return box instanceof HTMLInputElement && box.checked;
    });
  expect(await on()).toBe(false);
  expect(await ann.count({ role: 'slider', name: 'Volume' })).toBe(0);
  await ann.click({ role: 'checkbox', name: 'Play a sound' });
  await ann.sees({ role: 'slider', name: 'Volume' });
  expect(await on()).toBe(true);
  await ann.press('Escape');
  await looks(ann, false);
  await bob.say('count me');
  const badges = () => ann.page.evaluate(() => (globalThis as unknown as { badges: (number | null)[] }).badges);
  await expect.poll(async () => (await badges()).at(-1)).toBe(1);
  await looks(ann, true);
  await expect.poll(async () => (await badges()).at(-1)).toBe(null);
});

// L14
test('a room is read only while one looks at it, and only as far as one sees', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const readUpTo = () =>
    ann.page.evaluate(() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith('chinwag.read.'));
      return Number((localStorage.getItem(key ?? '') ?? '').split(' ')[1] ?? 0);
    });
  await looks(ann, true);
  await bob.say('seen');
  await ann.messageWith('seen');
  await expect.poll(readUpTo).toBeGreaterThan(0);
  const before = await readUpTo();
  await looks(ann, false);
  await bob.say('not yet seen');
  await ann.messageWith('not yet seen');
  // A mark is told 200 ms behind; the title shows that this one has been counted meanwhile.
  await expect.poll(() => title(ann)).toContain('(1)');
  expect(await readUpTo()).toBe(before);
  await looks(ann, true);
  await expect.poll(readUpTo).toBeGreaterThan(before);
});
