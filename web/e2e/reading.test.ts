// Reading: a long room, where one was, what is new, and nothing that moves under one's eyes.

import { expect, test } from 'vitest';
import { button, LOG, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

/** Hundreds of messages take their time on a busy machine. */
const LONG_MS = 300_000;

const said = (count: number, what = 'filler') =>
  Array.from(
    { length: count },
    (_, n) => `${what} ${String(n).padStart(4, '0')} ${'and some more words '.repeat(n % 5)}`,
  );

/** A flood takes its time where several browsers share a processor. */
const FLOOD = { timeout: 60_000 };

const lastIsSent = (who: Person, text: string) =>
  expect
    .poll(async () => (await who.articles()).at(-1), FLOOD)
    .toMatchObject({ text: expect.stringContaining(text), busy: false });

/** A room with a long past, and somebody who has just come. */
async function longRoom(count: number): Promise<{ room: string; ann: Person; bob: Person }> {
  const room = set.room();
  const bob = await set.writer('bob', room);
  const texts = said(count);
  await bob.sayAll(texts);
  const sent = () => bob.page.evaluate(() => document.querySelectorAll('article[aria-busy=true]').length);
  await expect.poll(sent, { timeout: 60_000 }).toBe(0);
  return { room, bob, ann: await set.member('ann', room) };
}

interface Climb {
  readonly drifts: readonly number[];
  readonly mostRows: number;
  readonly atTop: boolean;
}

/** Scrolls up until the beginning, a little less than a view at a time, and sees what moves meanwhile. */
async function climb(person: Person, steps: number): Promise<Climb> {
  return await person.page.evaluate(async (most) => {
    const box = globalThis.chinwagRig.scroller();
    if (box === null) {
      throw new Error('nothing scrolls');
    }
    const rows = () => [...box.querySelectorAll<HTMLElement>('article')];
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const topOf = (row: HTMLElement) => row.getBoundingClientRect().top;
    const drifts: number[] = [];
    let mostRows = 0;
    let atTop = false;
    for (let step = 0; step < most && !(box.innerText.includes('beginning of') && box.scrollTop === 0); step += 1) {
      box.scrollTop -= Math.min(box.scrollTop - 1, box.clientHeight * 0.8);
      await frame();
      const seen = rows().find((row) => row.getBoundingClientRect().bottom > box.getBoundingClientRect().top);
      const [top, first] = [seen === undefined ? 0 : topOf(seen), rows()[0]];
      atTop ||= box.scrollTop <= 1 && !box.innerText.includes('beginning of');
      for (let wait = 0; wait < 15 && rows()[0] === first; wait += 1) {
        await frame();
      }
      if (seen?.isConnected === true) {
        drifts.push(Math.abs(topOf(seen) - top));
      }
      mostRows = Math.max(mostRows, box.querySelectorAll('.rows > *').length);
    }
    return { drifts, mostRows, atTop };
  }, steps);
}

// L5, L6, L7
test('L5 L6 L7: the past comes in above before one gets there, moves nothing, and keeps the document small', {
  timeout: LONG_MS,
}, async () => {
  const { ann } = await longRoom(450);
  const { drifts, mostRows, atTop } = await climb(ann, 60);
  expect(drifts.length).toBeGreaterThan(5);
  expect(Math.max(...drifts)).toBeLessThanOrEqual(1);
  expect(mostRows).toBeLessThanOrEqual(400);
  expect(atTop).toBe(false);
  await expect.poll(() => ann.lines()).toContain('This is the beginning of');
  await expect.poll(() => ann.heard(['filler 0000'])).toEqual(['filler 0000']);
  // And all the way back.
  await ann.press('Escape');
  await expect.poll(async () => (await ann.scroll()).below).toBeLessThan(3);
  await ann.messageWith('filler 0449');
});

/** The first row in view, when the page has drawn twice, and how far below the top of the view it stands. */
const firstSeen = (person: Person) =>
  person.page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const box = globalThis.chinwagRig.scroller();
    const top = box?.getBoundingClientRect().top ?? 0;
    const row = [...document.querySelectorAll<HTMLElement>('article')].find(
      (one) => one.getBoundingClientRect().bottom > top,
    );
    return { text: row?.innerText.slice(0, 40), top: (row?.getBoundingClientRect().top ?? 0) - top };
  });

/** Ann reads in the middle of a room. */
async function inTheMiddle(): Promise<{ ann: Person; bob: Person }> {
  const { ann, bob } = await longRoom(60);
  await ann.scrollTo('top');
  await ann.page.evaluate(() => {
    globalThis.chinwagRig.scroller()?.scrollTo({ top: 400, behavior: 'instant' });
  });
  return { ann, bob };
}

// L5
test('L5: what grows above or below later moves nothing that is read', async () => {
  const { ann, bob } = await inTheMiddle();
  const before = await firstSeen(ann);
  await ann.page.evaluate(() => {
    for (const row of [...document.querySelectorAll<HTMLElement>('article .body')].slice(0, 3)) {
      row.style.minHeight = '300px';
    }
  });
  await bob.say('something new');
  await ann.sees({ role: 'button', name: { part: '1 new' } });
  const after = await firstSeen(ann);
  expect(after.text).toBe(before.text);
  expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(1);
});

// L5
test('L5: what grows in the very frame in which a message comes moves nothing that is read', async () => {
  const { ann, bob } = await inTheMiddle();
  const before = await firstSeen(ann);
  await ann.page.evaluate(() => {
    const row = document.querySelector<HTMLElement>('article .body');
    let height = row?.offsetHeight ?? 0;
    // Several times in each frame, so that a message cannot come in one without.
    const growing = setInterval(() => {
      height += 2;
      row?.style.setProperty('min-height', `${height}px`);
    }, 4);
    addEventListener('grown', () => clearInterval(growing), { once: true });
  });
  await bob.sayAll(said(10, 'something new'));
  await ann.sees({ role: 'button', name: { part: '10 new' } });
  await ann.page.evaluate(() => void dispatchEvent(new Event('grown')));
  const after = await firstSeen(ann);
  expect(after.text).toBe(before.text);
  expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(1);
});

// L13
test('L13: a line stands above the first message that came while one was elsewhere, and stays while one reads', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  const bob = await set.member('bob', first);
  await bob.say('read at once');
  await ann.messageWith('read at once');
  await ann.hasRead(1);
  await ann.say(`/join ${second}`);
  await expect.poll(() => ann.path()).toBe(`/r/${second}`);
  await bob.say('came meanwhile');
  await bob.hasSent('came meanwhile');
  const unread = () => ann.page.evaluate(() => document.querySelector('.room-button')?.textContent ?? '');
  await expect.poll(unread).toContain('1 unread');
  await ann.press('ArrowUp', 'Alt');
  await ann.messageWith('came meanwhile');
  const below = () =>
    ann.page.evaluate(() => document.querySelector('.unread-line')?.nextElementSibling?.textContent ?? '');
  await expect.poll(below).toContain('came meanwhile');
  await bob.say('and one more');
  await ann.messageWith('and one more');
  await expect.poll(() => below()).toContain('came meanwhile');
});

// L13, L7
test('L13 L7: a room opens at the first unread message, however far up that is', { timeout: LONG_MS }, async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.writer('bob', room)];
  await bob.say('the last that was read');
  await ann.messageWith('the last that was read');
  await ann.hasRead(1);
  await ann.open('/healthz');
  await bob.say('the first unread');
  await bob.hasSent('the first unread');
  await bob.sayAll(said(250));
  const sent = () => bob.page.evaluate(() => document.querySelectorAll('article[aria-busy=true]').length);
  await expect.poll(sent, FLOOD).toBe(0);
  await ann.open(`/r/${room}?name=ann`);
  const below = () =>
    ann.page.evaluate(() => document.querySelector('.unread-line')?.nextElementSibling?.textContent ?? '');
  await expect.poll(below).toContain('the first unread');
  const inView = await ann.page.evaluate(() => {
    const line = document.querySelector('.unread-line')?.getBoundingClientRect();
    const view = globalThis.chinwagRig.scroller()?.getBoundingClientRect();
    return line !== undefined && view !== undefined && line.top >= view.top && line.bottom <= view.bottom;
  });
  expect(inView).toBe(true);
  const rows = await ann.page.evaluate(() => document.querySelector('.rows')?.children.length ?? 0);
  expect(rows).toBeLessThanOrEqual(400);
  await ann.press('Escape');
  await ann.messageWith('filler 0249');
});

// ux A4
test('A4: arrows, Home and End walk the messages, Escape goes back to the field', async () => {
  const { ann } = await longRoom(20);
  await ann.focusOn('filler 0019');
  await ann.press('ArrowUp');
  await expect.poll(() => ann.focusedMessage()).toContain('filler 0018');
  await ann.press('Home');
  await expect.poll(() => ann.focusedMessage()).toContain('filler 0000');
  await ann.press('ArrowDown');
  await expect.poll(() => ann.focusedMessage()).toContain('filler 0001');
  await ann.press('End');
  await expect.poll(() => ann.focusedMessage()).toContain('filler 0019');
  const stops = await ann.page.evaluate(() => document.querySelectorAll('article[tabindex="0"]').length);
  expect(stops).toBe(1);
  await ann.press('Escape');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
});

// L18
test('L18: an address leads to one message, in its place, and shows which', async () => {
  const { room, bob } = await longRoom(150);
  const path = await bob.page.evaluate(() => location.pathname);
  expect(path).toContain(room);
  const eve = await set.person();
  await eve.open(`${path}?at=20`);
  await eve.fill({ role: 'textbox', name: 'Display name' }, 'eve');
  await eve.click(button('Join'));
  await expect.poll(() => eve.flashes()).toContain('filler 0019');
  await eve.click({ role: 'button', name: { part: 'latest' } });
  await eve.messageWith('filler 0149');
});

test('a link to a message here is followed within the page, into another room and back', async () => {
  const { room, ann } = await longRoom(150);
  const other = set.room();
  const here = await ann.page.evaluate(() => location.origin + location.pathname);
  await ann.page.evaluate(() => void Object.assign(globalThis, { samePage: true }));
  const follow = async (seq: number) => {
    const href = `${here}?at=${seq}`;
    await ann.say(`see ${href}`);
    await ann.hasSent(`see ${href}`);
    await ann.click({ role: 'link', name: href });
  };
  await follow(2);
  await expect.poll(() => ann.flashes()).toContain('filler 0001');
  await ann.say(`/join ${other}`);
  await ann.sees({ role: 'heading', name: { part: other } });
  await follow(40);
  await ann.sees({ role: 'heading', name: { part: room } });
  await expect.poll(() => ann.flashes()).toContain('filler 0039');
  await ann.page.evaluate(() => history.back());
  await ann.sees({ role: 'heading', name: { part: other } });
  expect(await ann.page.evaluate(() => 'samePage' in globalThis)).toBe(true);
});

// L18
test('L18: the line of a day leads to another day', async () => {
  const { ann } = await longRoom(150);
  await ann.click(button('Jump to a date'));
  await ann.click(button('Go'));
  await expect.poll(() => ann.flashes()).toContain('filler 0000');
});

test('the question for a day has the focus whenever it is asked, and Escape gives it back', async () => {
  const { ann } = await longRoom(3);
  const opener = button('Jump to a date');
  for (let time = 0; time < 2; time += 1) {
    await ann.click(opener);
    await expect.poll(() => ann.page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('date');
    await ann.press('Escape');
    await expect.poll(() => ann.hasFocus(opener)).toBe(true);
  }
});

// L19
test('L19: those who come and go are one line, which opens', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  for (const name of ['bob', 'eve']) {
    const person = await set.member(name, room);
    await person.click(button('Leave'));
    await expect.poll(() => ann.users()).toEqual(['ann']);
  }
  const folded = { role: 'button', name: '2 people joined and 2 people left' };
  await ann.sees(folded);
  expect(await ann.linesWith('eve has joined!')).toBe(0);
  await ann.click(folded);
  await expect.poll(() => ann.linesWith('eve has joined!')).toBe(1);
});

// L20
test('L20: a selection over many messages stays while new ones come, and is copied as who said what', async () => {
  const { ann, bob } = await longRoom(55);
  const selected = () => ann.page.evaluate(() => String(getSelection()).length);
  await ann.page.evaluate(() => {
    const bodies = [...document.querySelectorAll('article .body')];
    const [first, last] = [bodies[2], bodies[52] ?? bodies.at(-1)];
    if (first !== undefined && last !== undefined) {
      getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    }
  });
  const before = await selected();
  expect(before).toBeGreaterThan(500);
  await bob.sayAll(said(40, 'later'));
  await ann.sees({ role: 'button', name: { part: '40 new' } });
  expect(await selected()).toBe(before);
  const copied = await ann.page.evaluate((log) => {
    const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    globalThis.chinwagRig.find(log)[0]?.dispatchEvent(event);
    return event.clipboardData?.getData('text/plain') ?? '';
  }, LOG);
  const lines = copied.split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(48);
  for (const line of lines) {
    expect(line).toMatch(/^bob \d.*: filler \d{4}/);
  }
});

// L21
test('L21: a flood is drawn at most once a frame', { timeout: LONG_MS }, async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.writer('bob', room)];
  await ann.page.evaluate((log) => {
    const counts = { frames: 0, changes: 0 };
    Object.assign(globalThis, { counts });
    const frame = () => {
      counts.frames += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const rows = globalThis.chinwagRig.find(log)[0]?.firstElementChild;
    new MutationObserver(() => {
      counts.changes += 1;
    }).observe(rows ?? document.body, { childList: true });
  }, LOG);
  await bob.sayAll(said(200));
  await lastIsSent(ann, 'filler 0199');
  const { frames, changes } = await ann.page.evaluate(
    () => Reflect.get(globalThis, 'counts') as { frames: number; changes: number },
  );
  expect(changes).toBeGreaterThan(0);
  // The page renders in a microtask of its own after the frame's: two batches of changes may fall between two counts.
  expect(changes).toBeLessThanOrEqual(2 * frames + 2);
  expect((await ann.articles()).length).toBeLessThanOrEqual(400);
});
