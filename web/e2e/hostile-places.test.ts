// The hostile corpus in every place but the text of a message: names, rooms, topics, quotes, hits, notifications and
// addresses. It is sent past the user interface, as whoever means ill sends it.

import { expect, test } from 'vitest';
import { HOSTILE, hostileNames } from '../src/testing/hostile.ts';
import { Crowd, crowds, harmless } from './rig/hostile.ts';
import { button, LOG, type Person, type Query, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '10000');
crowds();

/** Hundreds of round trips on a busy machine. */
const LONG_MS = 240_000;
const PER_RUN = 45;

/** The corpus in runs that each take well under a minute. */
function runs(all: readonly string[], size: number): (readonly [number, readonly string[]])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, n) => [n + 1, all.slice(n * size, (n + 1) * size)]);
}

/** Somebody who watches, in a room with somebody who means ill. */
async function scene() {
  const room = set.room();
  const ann = await set.member('ann', room);
  const crowd = await Crowd.at(await set.person());
  const eve = (await crowd.enters(room, 'eve')) ?? -1;
  await expect.poll(() => ann.users()).toEqual(['ann', 'eve']);
  return { room, ann, crowd, eve };
}

/** By the document alone: looking at every element by its role takes long in the midst of these. */
async function sees(person: Person, text: string): Promise<void> {
  const all = () => person.page.evaluate(() => document.querySelector('[role=log]')?.textContent ?? '');
  await expect.poll(all, { message: `sees ${text}` }).toContain(text);
}

// L10, L11
test.each(runs(hostileNames(32), 90))('L10: hostile names, part %i', { timeout: LONG_MS }, async (part, names) => {
  const { room, ann, crowd, eve } = await scene();
  const taken: string[] = [];
  for (const name of names) {
    if (await crowd.calls(eve, name)) {
      taken.push(name);
      expect(await crowd.says(eve, `said in part ${part}`)).not.toBeNull();
    }
  }
  expect(taken.length).toBeGreaterThan(names.length / 4);
  for (const name of taken.slice(0, 12)) {
    await crowd.enters(room, name); // beside each other in the list; the last one's is still hers
  }
  await crowd.says(eve, `end of part ${part}`);
  await sees(ann, `end of part ${part}`);
  await harmless(ann, 'as they stand');
  await ann.scrollTo('top');
  await harmless(ann, 'further up');
  // Somebody's card, and the names that one may mention.
  await ann.page.evaluate(() => document.querySelector<HTMLElement>('.user-button:not([aria-current] *)')?.click());
  await ann.sees({ role: 'dialog' });
  await harmless(ann, 'with a card');
  await ann.press('Escape');
  await ann.fill({ role: 'textbox', name: 'Message' }, '@');
  await ann.sees({ role: 'option' });
  await harmless(ann, 'with names to choose from');
});

/** A desktop that notes what it is told, in place of the browser's, and is turned on. */
async function desktop(person: Person): Promise<() => Promise<string[][]>> {
  await person.page.evaluate(() => {
    const told: string[][] = [];
    class Desktop {
      static permission = 'default';
      static requestPermission() {
        Desktop.permission = 'granted';
        return Promise.resolve('granted');
      }
      constructor(title: string, { body }: { body: string }) {
        told.push([title, body]);
      }
      close() {
        // There is nothing to be taken back.
      }
    }
    Object.defineProperty(globalThis, 'Notification', { value: Desktop, configurable: true });
    Object.assign(globalThis, { told });
    dispatchEvent(new Event('focus')); // permissions are read again when one comes back
  });
  await person.click({ role: 'button', name: { part: 'Notifications of this room' } });
  await person.click(button('Turn on notifications'));
  await person.sees({ role: 'checkbox', name: 'Show on the desktop' });
  await person.press('Escape');
  return () => person.page.evaluate(() => (globalThis as unknown as { told: string[][] }).told);
}

const BREAKS = /[\p{Cc}\u2028\u2029\u202a-\u202e]/u;

/** Isolates that are opened are closed again. */
function isClosed(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    depth += /[\u2066-\u2068]/u.test(char) ? 1 : 0;
    depth -= char === '\u2069' ? 1 : 0;
    if (depth < 0) {
      return false;
    }
  }
  return depth === 0;
}

const ROOMS_PER_RUN = 20;

/** Whether somebody is in so many rooms more than the first, and looks at the last of them. */
async function isInNewest(person: Person, more: number): Promise<boolean> {
  return await person.page.evaluate((count) => {
    const rooms = [...document.querySelectorAll('.room-button')];
    return rooms.length === count + 1 && rooms.at(-1)?.matches('[aria-current]') === true;
  }, more);
}

// L10, N3
test.each(
  runs(
    hostileNames(64).filter((_, n) => n % 4 === 0),
    40,
  ),
)(
  'L10 N3: hostile rooms, in which one is told of hostile texts, part %i',
  { timeout: LONG_MS },
  async (part, names) => {
    const { ann, crowd, eve } = await scene();
    const told = await desktop(ann);
    const inside: number[] = [];
    for (const name of names) {
      const who = inside.length < ROOMS_PER_RUN ? await crowd.enters(name, 'eve', eve) : null;
      if (who === null) {
        continue; // the server does not take such a name
      }
      inside.push(who);
      await ann.say(`/join ${name}`);
      await expect.poll(() => isInNewest(ann, inside.length), { message: name }).toBe(true);
      await harmless(ann, `in the room ${name}`);
    }
    expect(inside.length).toBeGreaterThan(names.length / 4);
    // Every text of the corpus in some room, where it names her and she does not look.
    await ann.click({ role: 'button', name: { part: 'room-' }, within: { role: 'navigation' } });
    const texts = HOSTILE.filter((_, n) => n % 14 === part - 1);
    for (let at = 0; at < texts.length; at += inside.length) {
      const round = texts.slice(at, at + inside.length);
      const before = (await told()).length;
      let sent = 0;
      for (const [n, text] of round.entries()) {
        sent += (await crowd.says(inside[n] ?? -1, `@ann ${text}`.slice(0, 1_900))) === null ? 0 : 1;
      }
      await expect.poll(async () => (await told()).length, { message: 'told of all' }).toBe(before + sent);
    }
    for (const text of (await told()).flat()) {
      expect([...text].length).toBeLessThanOrEqual(220);
      expect(text).not.toMatch(BREAKS);
      expect(isClosed(text), text).toBe(true);
    }
    await ann.click(button('Browse rooms'));
    await ann.sees({ role: 'list', name: 'Open rooms' });
    await harmless(ann, 'in the directory');
    const zoe = await set.person();
    await zoe.open();
    await zoe.sees({ role: 'list', name: { part: 'ooms' } });
    await harmless(zoe, 'on the join page');
  },
);

// L10
test.each(runs(HOSTILE, 60))('L10: hostile topics, part %i', { timeout: LONG_MS }, async (part, texts) => {
  const { ann, crowd, eve } = await scene();
  let taken = 0;
  for (const text of texts) {
    if (await crowd.speaksOf(eve, [...text].slice(0, 200).join(''))) {
      taken += 1;
      await crowd.says(eve, `topic ${taken} of part ${part}`);
      await sees(ann, `topic ${taken} of part ${part}`);
      await harmless(ann, text);
    }
  }
  // The server has its reasons to refuse the others as topics.
  expect(taken).toBeGreaterThan(texts.length / 3);
});

const PANEL: Query = { role: 'dialog', name: 'Search messages' };

/** Asks for older hits; false if there is nothing that offers them. */
async function goesOn(person: Person): Promise<boolean> {
  return await person.page.evaluate(() => {
    const more = document.querySelector<HTMLElement>('.search-more');
    more?.click();
    return more !== null;
  });
}

/** Fewer than a view holds. */
const QUOTES_AT_ONCE = 5;

/** What those of the answers say that stand in the document with a quote. */
async function answersWithQuotes(person: Person): Promise<string[]> {
  return await person.page.evaluate(() =>
    [...document.querySelectorAll('article')]
      .filter((row) => row.querySelector('.quote-nick') !== null)
      .flatMap((row) => /thread \d+ through it/u.exec(row.textContent) ?? []),
  );
}

// L10, L16, F2
test.each(runs(HOSTILE, PER_RUN))(
  'L10 L16 F2: hostile quotes and hits, part %i',
  { timeout: LONG_MS },
  async (_part, texts) => {
    const { ann, crowd, eve } = await scene();
    let taken = 0;
    for (const [n, text] of texts.entries()) {
      const seq = await crowd.says(eve, [...`needle ${text}`].slice(0, 4_000).join(''));
      if (seq === null) {
        continue; // the server does not take such a text
      }
      taken += 1;
      await crowd.says(eve, `thread ${n} through it`, seq);
      // Those above go as others come.
      await expect.poll(() => answersWithQuotes(ann), { message: text }).toContain(`thread ${n} through it`);
      if (taken % QUOTES_AT_ONCE === 0) {
        await harmless(ann, `quotes up to ${text}`);
      }
    }
    expect(taken).toBeGreaterThan(texts.length / 2);
    await harmless(ann, 'quotes');
    await ann.press('f', 'Control', 'Shift');
    await ann.sees(PANEL);
    await ann.fill({ role: 'searchbox', name: 'Words to find' }, 'needle');
    const hits = () => ann.page.evaluate(() => document.querySelectorAll('.hit mark').length);
    // Pages are bounded in bytes, and the index is written behind the log: what is not there yet is asked for again.
    const found = async () => {
      const already = await hits();
      if (already < taken && !(await goesOn(ann))) {
        await ann.press('Enter');
      }
      return already;
    };
    await expect.poll(found, { interval: 500 }).toBeGreaterThanOrEqual(taken);
    await harmless(ann, 'hits');
  },
);

/** 32 bytes, as a key stands in an invitation. */
const KEY = 'A'.repeat(43);

/** Addresses that somebody may be sent, each with this text in another part. */
function addressesWith(text: string, n: number): string {
  const [raw, safe] = [
    text.replace(/[#?\s]/gu, '').slice(0, 300),
    encodeURIComponent([...text].slice(0, 120).join('')),
  ];
  const forms = [
    `/r/${safe}`,
    `/r/${safe}?at=${safe}`,
    `/r/x?name=${'%20'.repeat(3)}#${safe}`,
    `/i#${KEY}.${safe}`,
    `/i#${KEY}.${raw}`,
    `/i#${safe}`,
    `/i#~${raw}`,
    `/?at=${safe}&room=${safe}#${raw}`,
  ];
  return forms[n % forms.length] ?? '/';
}

// L10, J2
test.each(runs(HOSTILE, 60))('L10 J2: hostile addresses, part %i', { timeout: LONG_MS }, async (part, texts) => {
  const ann = await set.person();
  for (const [n, text] of texts.entries()) {
    await ann.open('/healthz'); // what differs behind the `#` alone would start nothing
    await ann.open(addressesWith(text, n + part));
    await ann.sees(button('Join'));
    expect(await ann.page.evaluate(() => location.origin)).toBe(set.server.url);
    await harmless(ann, text);
  }
});

// L10, J1
test('L10 J1: hostile words in the form and in the message field', { timeout: LONG_MS }, async () => {
  const [ann, room] = [await set.person(), set.room()];
  await ann.open();
  for (const name of hostileNames(32).filter((_, n) => n % 30 === 0)) {
    await ann.askToJoin(name, name);
    const done = async () => (await ann.count(LOG)) > 0 || (await ann.alert()) !== '';
    await expect.poll(done, { message: name }).toBe(true);
    await harmless(ann, name);
    if ((await ann.count(LOG)) > 0) {
      await ann.say('/leave');
      await ann.sees(button('Join'));
    }
  }
  await ann.askToJoin('ann', room);
  await ann.arrives();
  for (const text of HOSTILE.filter((_, n) => n % 12 === 0)) {
    await ann.fill({ role: 'textbox', name: 'Message' }, text);
    await harmless(ann, text);
  }
});
