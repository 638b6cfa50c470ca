// Coming in: the join page, its refusals, addresses that can be shared, who sees what.

import { expect, test } from 'vitest';
import { button, field, type Person, stage } from './rig/index.ts';

const set = stage();

async function refused(person: Person, name: string, room: string, reason: string): Promise<void> {
  await person.askToJoin(name, room);
  await expect.poll(() => person.alert()).toContain(reason);
  // A15: what was typed is kept.
  expect(await person.value(field('Display name'))).toBe(name);
  expect(await person.value(field('Room'))).toBe(room);
}

test('A2: the join page, the room page and their files are there, and nothing else is', async () => {
  const status = async (path: string) => (await fetch(set.server.url + path)).status;
  expect(await status('/')).toBe(200);
  expect(await status('/r/lobby')).toBe(200);
  expect(await status('/nothing-here')).toBe(404);
  const page = await (await fetch(`${set.server.url}/`)).text();
  const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? '');
  expect(files.length).toBeGreaterThan(1);
  expect(await Promise.all(files.map(status))).toEqual(files.map(() => 200));
});

test('A4 A5: the join page is a box with a heading, two labelled required fields and one button', async () => {
  const ann = await set.person();
  await ann.open();
  await ann.sees(button('Join'));
  expect(await ann.count({ role: 'heading' })).toBe(1);
  expect(await ann.count({ role: 'textbox' })).toBe(2);
  expect(await ann.count({ role: 'button' })).toBe(1);
  const required = await ann.page.evaluate(() =>
    globalThis.chinwagRig.find({ role: 'textbox' }).map((box) => box.matches(':required')),
  );
  expect(required).toEqual([true, true]);
  const box = await ann.page.evaluate(() => {
    const [form, join] = [document.querySelector('form'), globalThis.chinwagRig.find({ role: 'button' })[0]];
    const [name] = globalThis.chinwagRig.find({ role: 'textbox' });
    const middle = (rect: DOMRect | undefined) => (rect === undefined ? -1 : (rect.left + rect.right) / 2);
    return {
      offCentre: Math.abs(middle(form?.getBoundingClientRect()) - innerWidth / 2),
      wider: (name?.getBoundingClientRect().width ?? 0) - (join?.getBoundingClientRect().width ?? 0),
      height: document.documentElement.getBoundingClientRect().height - innerHeight,
    };
  });
  expect(box.offCentre).toBeLessThan(2);
  expect(Math.abs(box.wider)).toBeLessThan(2);
  expect(box.height).toBeGreaterThanOrEqual(0);
});

test('A5: Enter joins, by keyboard alone', async () => {
  const room = set.room();
  const ann = await set.person();
  await ann.open();
  await ann.fill(field('Room'), room);
  await ann.fill(field('Display name'), 'ann');
  await ann.press('Enter');
  await ann.arrives();
});

// J2
test('A6 A7: a shared address fills in the room, and with a name joins at once', async () => {
  const room = set.room();
  const ann = await set.person();
  await ann.open(`/r/${room}`);
  await ann.sees(button('Join'));
  expect(await ann.value(field('Room'))).toBe(room);
  const bob = await set.person();
  await bob.open(`/r/${room}?name=bob`);
  await bob.arrives();
  await expect.poll(() => bob.users()).toEqual(['bob']);
  expect(await bob.path()).toBe(`/r/${room}`);
});

test('A8 A11: names are compared trimmed and folded, shown as written, and inner spaces stay', async () => {
  const room = set.room();
  const ann = await set.member('  Ann  Lee ', `  ${room.toUpperCase()} `);
  await expect.poll(() => ann.shown()).toContain('Ann  Lee');
  await expect.poll(() => ann.users()).toHaveLength(1);
  const other = await set.person();
  await other.open();
  await refused(other, 'aNN  lEE', room, 'Username is in use!');
  // Full-width letters are the same letters (NFKC).
  await refused(other, 'Ａｎｎ  Lee', room, 'Username is in use!');
});

test('A9 X1: without a name or a room nobody gets in, and the sentence says so first', async () => {
  const ann = await set.person();
  await ann.open();
  await refused(ann, '', set.room(), 'Username and room are required!');
  await refused(ann, 'ann', '   ', 'Username and room are required!');
  await refused(ann, 'x'.repeat(60), '', 'Username and room are required!');
  await ann.askToJoin('ann', set.room());
  await ann.arrives();
});

test('A10 A15 X5: a name in use is refused beside the form, and nobody in the room notices', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const before = await ann.lines();
  const other = await set.person();
  await other.open();
  await refused(other, 'ann', room, 'Username is in use!');
  await refused(other, 'ANN ', room, 'Username is in use!');
  await other.askToJoin('bob', room);
  await other.arrives();
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
  expect((await ann.lines()).replace(/bob has joined!.*/, '').trim()).toContain(before.trim());
  expect(await ann.linesWith('has joined!')).toBe(1);
});

// J3
test('J3: who meets a name in use is offered two free ones, and one click joins', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const other = await set.person();
  await other.open();
  await refused(other, 'ann', room, 'Username is in use!');
  const offered = await other.page.evaluate(() =>
    [...document.querySelectorAll('.suggestions button')].map((one) => one.textContent ?? ''),
  );
  expect(offered.length).toBe(2);
  const [first = ''] = offered;
  await other.click(button(first));
  await other.arrives();
  await expect.poll(() => ann.users()).toEqual(expect.arrayContaining(['ann', first]));
});

test('A11: the same name in another room is fine', async () => {
  const ann = await set.member('ann', set.room());
  const other = await set.member('ann', set.room());
  await expect.poll(() => ann.users()).toEqual(['ann']);
  await expect.poll(() => other.users()).toEqual(['ann']);
});

// P1
test('A12 A13 A14: the joiner is welcomed, the others are told, the list is by name or in the order of joining', async () => {
  const room = set.room();
  const zoe = await set.member('zoe', room);
  const ann = await set.member('ann', room);
  const bob = await set.member('bob', room);
  for (const person of [zoe, ann, bob]) {
    await expect.poll(() => person.users()).toEqual(['ann', 'bob', 'zoe']);
    await person.click(button('By name'));
    await expect.poll(() => person.users()).toEqual(['zoe', 'ann', 'bob']);
    expect(await person.linesWith('Welcome!')).toBe(1);
  }
  await expect.poll(() => zoe.linesWith('ann has joined!')).toBe(1);
  await expect.poll(() => zoe.linesWith('bob has joined!')).toBe(1);
  await expect.poll(() => ann.linesWith('bob has joined!')).toBe(1);
  expect(await ann.linesWith('ann has joined!')).toBe(0);
  expect(await bob.linesWith('has joined!')).toBe(0);
});

test('X8: the server’s own name, look-alikes and invisible characters are refused', async () => {
  const room = set.room();
  const ann = await set.person();
  await ann.open();
  for (const name of ['admin', 'Admin', 'аdmin', 'ad\u200Bmin', '\u202Enimda']) {
    await ann.askToJoin(name, room);
    await expect.poll(() => ann.alert(), { message: JSON.stringify(name) }).not.toBe('');
    expect(await ann.count(button('Join'))).toBe(1);
  }
});

// J5: how long it takes is measured by `make bench-browser`; here stands what keeps it short.
test('J5: what a room needs is fetched while one writes one’s name: nothing is between Join and the first message', async () => {
  const room = set.room();
  const bob = await set.member('bob', room);
  await bob.say('the first that one sees');
  await bob.hasSent('the first that one sees');
  const ann = await set.person();
  await ann.open();
  const isFetched = (what: string) =>
    ann.page.evaluate((part) => performance.getEntriesByType('resource').some(({ name }) => name.includes(part)), what);
  await expect.poll(() => isFetched('/entrance-')).toBe(true);
  await ann.fill(field('Display name'), 'ann');
  await ann.fill(field('Room'), room);
  await ann.page.evaluate(() => {
    const joined = performance.now();
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('article') !== null) {
        observer.disconnect();
        const since = performance.getEntriesByType('resource').filter(({ startTime }) => startTime >= joined);
        const between = since.map(({ name }) => new URL(name).pathname).filter((path) => /\.(?:js|css)$/u.test(path));
        Object.assign(globalThis, { between });
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  await ann.click(button('Join'));
  await ann.messageWith('the first that one sees');
  expect(await ann.page.evaluate(() => Object.getOwnPropertyDescriptor(globalThis, 'between')?.value)).toEqual([]);
});
