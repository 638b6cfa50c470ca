// What was written is kept: in a closed tab, a killed browser, a left room, and from a duplicate of the tab.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { button, MESSAGE, Person, type Query, stage } from './rig/index.ts';
import { LastingChromium } from './rig/puppeteer.ts';

const set = stage();
/** A client that was away for long waits before it tries again. */
const BACK = { timeout: 60_000 };
const UNSENT: Query = { role: 'list', name: 'Unsent messages' };

/** Writes while the server is down, closes the tab, and has another one to go on in. */
async function writesAndCloses(ann: Person, ...texts: readonly string[]): Promise<Person> {
  await set.server.kill();
  for (const text of texts) {
    await ann.say(text);
    expect((await ann.messageWith(text)).busy).toBe(true);
  }
  const later = await set.tabOf(ann);
  await ann.page.shut();
  await set.server.up();
  return later;
}

test('X7 X12: what could not be sent before a leave is told after it, and sent on return', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await set.server.kill();
  await ann.say('not yet said');
  await ann.messageWith('not yet said');
  await ann.click(button('Leave'));
  await ann.sees(UNSENT);
  await set.server.up();
  await ann.click(button('Join and send'));
  await ann.sees(MESSAGE);
  await ann.hasSent('not yet said');
  await expect.poll(() => bob.heard(['not yet said']), BACK).toEqual(['not yet said']);
});

test('X12: what was written before its tab was closed is sent once by the next tab at its address', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('before');
  await ann.hasSent('before');
  const dark = ['one in the dark', 'two in the dark'];
  const later = await writesAndCloses(ann, ...dark);
  await later.open(`/r/${room}`);
  await later.sees(MESSAGE);
  await later.hasSent('two in the dark');
  await expect.poll(() => bob.heard(['before', ...dark]), BACK).toEqual(['before', ...dark]);
  expect(await later.heard(['before', ...dark])).toEqual(['before', ...dark]);
  await expect.poll(async () => (await bob.users()).sort()).toEqual(['ann', 'bob']);
  await later.say('after');
  await expect.poll(() => bob.heard(['before', ...dark, 'after'])).toEqual(['before', ...dark, 'after']);
});

test('X7: elsewhere the join page tells what is unsent, and sends it to no other room', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const later = await writesAndCloses(ann, 'for this room only');
  await later.join('ann', set.room());
  expect(await later.heard(['for this room only'])).toEqual([]);
  await later.click(button('Leave'));
  await later.sees(UNSENT);
  expect((await later.texts(UNSENT)).join()).toContain(room);
  await later.click(button('Join and send'));
  await later.sees(MESSAGE);
  await later.hasSent('for this room only');
  expect(await later.path()).toBe(`/r/${room}`);
  const bob = await set.member('bob', room);
  await bob.messageWith('for this room only');
});

test('X7: a text that was refused after its tab was closed stays, with its reason, over a reload', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const later = await writesAndCloses(ann, 'you shit');
  await later.open(`/r/${room}`);
  await later.sees(MESSAGE);
  const reason = async () => (await later.messageWith('you shit')).text;
  await expect.poll(reason, BACK).toContain('Profanity is not allowed!');
  await later.page.reload();
  await later.sees(MESSAGE);
  await expect.poll(reason).toContain('Profanity is not allowed!');
  await later.click(button('Delete'));
  await expect.poll(() => later.heard(['you shit'])).toEqual([]);
  await later.page.reload();
  await later.sees(MESSAGE);
  await later.say('something else');
  await later.hasSent('something else');
  expect(await later.heard(['you shit'])).toEqual([]);
});

// P4
test('X10 P4: a duplicated tab is the same person with a session of its own, and under another name somebody else', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await ann.say('before');
  await ann.hasSent('before');
  // As browsers do it: what the tab keeps is copied.
  const kept = await ann.page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  const copyOf = async () => {
    const copy = await set.tabOf(ann);
    await copy.open('/healthz');
    await copy.page.evaluate((all) => Object.assign(sessionStorage, JSON.parse(all)), kept);
    return copy;
  };
  const copy = await copyOf();
  await copy.open(`/r/${room}`);
  await copy.sees(MESSAGE);
  await copy.say('by the copy');
  await copy.hasSent('by the copy');
  await ann.say('by ann');
  await ann.hasSent('by ann');
  const eve = await copyOf();
  await eve.open(`/r/${room}?name=eve`);
  await eve.sees(MESSAGE);
  await eve.say('by eve');
  await eve.hasSent('by eve');
  const said = ['before', 'by the copy', 'by ann', 'by eve'];
  await expect.poll(() => bob.heard(said)).toEqual(said);
  await expect.poll(async () => (await bob.users()).sort()).toEqual(['ann', 'bob', 'eve']);
  expect((await bob.messageWith('by the copy')).text).toContain('ann');
  await expect.poll(() => ann.connection()).toMatch(/WebTransport|WebSocket/);
});

test.runIf(inject('engine') === 'chromium')(
  'X12: what was written is sent once after the browser was killed and started again',
  async () => {
    const room = set.room();
    const bob = await set.member('bob', room);
    const folder = await mkdtemp(join(tmpdir(), 'chinwag-profile-'));
    const start = { before: [inject('finder')] };
    const first = await LastingChromium.start(folder, start);
    const ann = new Person(await first.newPage(), set.server.url);
    await ann.join('ann', room);
    await ann.say('before');
    await ann.hasSent('before');
    await set.server.kill();
    await ann.say('in the dark');
    await ann.messageWith('in the dark');
    await first.kill();
    await set.server.up();
    const second = await LastingChromium.start(folder, start);
    try {
      const later = new Person(await second.newPage(), set.server.url);
      await later.open();
      await later.click(button('Join and send'));
      await later.sees(MESSAGE);
      await later.hasSent('in the dark');
      await expect.poll(() => bob.heard(['before', 'in the dark']), BACK).toEqual(['before', 'in the dark']);
      await expect.poll(async () => (await bob.users()).sort()).toEqual(['ann', 'bob']);
    } finally {
      await second.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
