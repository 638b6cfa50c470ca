// Searching what was said: what is found, how it is shown, and where it leads.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');
const PANEL: Query = { role: 'dialog', name: 'Search messages' };
const WORDS: Query = { role: 'searchbox', name: 'Words to find' };
const STATE: Query = { role: 'status', within: PANEL };
const HITS: Query = { role: 'listitem', within: PANEL };

/** What the search answers to these words, in the open panel. */
async function find(person: Person, words: string): Promise<void> {
  await person.fill(WORDS, words);
  await person.press('Enter');
}

/** The texts of the hits, each with what is marked in it in brackets. */
async function hits(person: Person): Promise<string[]> {
  return await person.page.evaluate(() =>
    [...document.querySelectorAll('dialog .hit-text')].map((text) =>
      [...text.childNodes]
        .map((node) => (node instanceof HTMLElement ? `[${node.localName} ${node.textContent}]` : node.textContent))
        .join(''),
    ),
  );
}

// F2
test('F2: Ctrl+Shift+F finds what was said, marks it, and opens it where it was said', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('the kettle is on');
  await ann.sayAll(Array.from({ length: 60 }, (_, n) => `one more line, ${n}`));
  await ann.hasSent('one more line, 59');
  await ann.press('f', 'Control', 'Shift');
  await ann.sees(PANEL);
  await expect.poll(() => ann.hasFocus(WORDS)).toBe(true);
  await find(ann, 'KETTLE');
  await expect.poll(() => ann.texts(STATE)).toEqual(['1 result']);
  expect(await hits(ann)).toEqual(['the [mark kettle] is on']);
  await ann.press('ArrowDown');
  await ann.press('Enter');
  await expect.poll(() => ann.count(PANEL)).toBe(0);
  await ann.messageWith('the kettle is on');
});

// F2 A8
test('F2 A8: Escape closes the search and the focus is where it was; arrows lead through the hits', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('a cup of tea');
  await ann.say('another cup of tea');
  await ann.hasSent('another cup of tea');
  await ann.fill(MESSAGE, 'half a thought');
  await ann.press('f', 'Control', 'Shift');
  await ann.sees(PANEL);
  await find(ann, 'tea');
  await expect.poll(() => ann.count(HITS)).toBe(2);
  const focused = () => ann.page.evaluate(() => document.activeElement?.querySelector('.hit-text')?.textContent ?? '');
  await ann.press('ArrowDown');
  await expect.poll(focused).toBe('another cup of tea');
  await ann.press('ArrowDown');
  await expect.poll(focused).toBe('a cup of tea');
  await ann.press('ArrowUp');
  await ann.press('ArrowUp');
  await expect.poll(() => ann.hasFocus(WORDS)).toBe(true);
  await ann.press('Escape');
  await expect.poll(() => ann.count(PANEL)).toBe(0);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  expect(await ann.value(MESSAGE)).toBe('half a thought');
});

test('without a connection the search says so, and goes on by itself when there is one', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('a saucer of milk');
  await ann.hasSent('a saucer of milk');
  await ann.press('f', 'Control', 'Shift');
  await ann.sees(PANEL);
  await set.server.kill();
  await find(ann, 'saucer');
  await expect.poll(() => ann.texts(STATE)).toEqual(['Not known while there is no connection']);
  await set.server.up();
  await expect.poll(() => ann.texts(STATE), { timeout: 60_000 }).toEqual(['1 result']);
});

test('F2: without a connection older results say so at once, and come by themselves when there is one', async () => {
  const ann = await set.member('ann', set.room());
  await ann.sayAll(Array.from({ length: 40 }, (_, n) => `spoonful ${n + 1}`));
  await ann.hasSent('spoonful 40');
  await ann.press('f', 'Control', 'Shift');
  await ann.sees(PANEL);
  await find(ann, 'spoonful');
  await expect.poll(() => ann.texts(STATE)).toEqual(['30 newest results']);
  await set.server.kill();
  await expect.poll(() => ann.connection()).not.toMatch(/WebTransport|WebSocket/);
  await ann.click({ ...button('Show older results'), within: PANEL });
  await expect
    .poll(() => ann.texts(STATE), { timeout: 5_000 })
    .toEqual(['30 newest results', 'Not known while there is no connection']);
  expect(await ann.count(HITS)).toBe(30);
  await set.server.up();
  await expect.poll(() => ann.texts(STATE), { timeout: 60_000 }).toEqual(['40 results']);
  await expect.poll(() => ann.count(HITS)).toBe(40);
});

test('without a connection the directory says so, and goes on by itself when there is one', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const rooms: Query = { role: 'dialog', name: 'Rooms' };
  await ann.click(button('Browse rooms'));
  await ann.click({ ...button('Close'), within: rooms });
  await expect.poll(() => ann.count(rooms)).toBe(0);
  await set.server.kill();
  await expect.poll(() => ann.connection()).not.toMatch(/WebTransport|WebSocket/);
  await ann.click(button('Browse rooms'));
  const state = () => ann.texts({ role: 'status', within: rooms });
  await expect.poll(state).toEqual(['Not known while there is no connection']);
  expect(await ann.count({ role: 'button', name: { part: room }, within: rooms })).toBe(0);
  await set.server.up();
  const found = () => ann.count({ role: 'button', name: { part: room }, within: rooms });
  await expect.poll(found, { timeout: 60_000 }).toBe(1);
  expect(await state()).toEqual(['']);
});

// F2
test('F2: /search searches at once; who and where narrow it; what is no date is said', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('scones from ann');
  await bob.say('scones from bob');
  await ann.messageWith('scones from bob');
  await ann.say('/search scones');
  await ann.sees(PANEL);
  await expect.poll(() => ann.texts(STATE)).toEqual(['2 results']);
  await find(ann, `from:BOB in:"${room}" scones`);
  await expect.poll(() => hits(ann)).toEqual(['[mark scones] from bob']);
  await find(ann, 'scones before:2026-02-31');
  await expect
    .poll(() => ann.texts({ role: 'alert', within: PANEL }))
    .toEqual(['“2026-02-31” is no date. Write it as in 2026-01-31.']);
  await find(ann, 'scones before:2001-01-01');
  await expect.poll(() => ann.texts(STATE)).toEqual(['No results']);
});

// F2 L10 A28
test('F2 L10 A28: a hostile hit is shown as text', async () => {
  const ann = await set.member('ann', set.room());
  const hostile = '<img src=x onerror=alert(1)> \u202etxet\u202c marmalade';
  await ann.say(hostile);
  await ann.hasSent('marmalade');
  await ann.click(button('Search'));
  await find(ann, 'onerror "marmalade"');
  await expect.poll(() => ann.count(HITS)).toBe(1);
  expect(await hits(ann)).toEqual(['<img src=x [mark onerror]=alert(1)> \u202etxet\u202c [mark marmalade]']);
  await find(ann, '" OR * NEAR( ^');
  await expect.poll(() => ann.texts(STATE)).toEqual(['No results']);
  expect(await ann.faults()).toEqual([]);
});

// F2 L15
test('F2 L15: what is deleted is found no more, and who is not in a room finds nothing of it', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const eve = await set.member('eve', set.room());
  await ann.say('the secret crumpet');
  await bob.messageWith('the secret crumpet');
  await bob.say('/search crumpet');
  await expect.poll(() => bob.count(HITS)).toBe(1);
  await eve.say('/search crumpet');
  await expect.poll(() => eve.texts(STATE)).toEqual(['No results']);
  await ann.hasSent('the secret crumpet');
  await ann.focusOn('the secret crumpet');
  await ann.press('Delete');
  await ann.click({ role: 'button', name: 'Delete', within: { role: 'dialog' } });
  // There it comes from the server; ann sees it before the server knows.
  await bob.messageWith('This message was deleted.');
  await find(bob, 'crumpet');
  await expect.poll(() => bob.texts(STATE)).toEqual(['No results']);
});
