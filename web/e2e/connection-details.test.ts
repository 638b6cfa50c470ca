// The connection, honest: what is always seen of it, what a click tells, when trouble is worth a word.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage();
const LIVE = /WebTransport|WebSocket/;
/** A client that was away for long waits before it tries again. */
const BACK = { timeout: 60_000 };
const DETAILS: Query = { role: 'button', name: { part: 'Connection details' } };
const PANEL: Query = { role: 'dialog', name: 'Connection' };

async function opened(person: Person): Promise<() => Promise<string>> {
  await expect.poll(() => person.connection()).toMatch(/\d+\s*ms/);
  await person.click(DETAILS);
  const told = async () => (await person.texts(PANEL)).join('\n');
  await expect.poll(told).toMatch(/Carried by/);
  return told;
}

interface Noted {
  readonly at: number;
  readonly state: string;
  readonly banner: string;
}

/** Notes in the page, from now on, every change of the indicator and of the banner. */
async function watched(person: Person): Promise<() => Promise<Noted[]>> {
  await person.page.evaluate(() => {
    const noted: Noted[] = [];
    Object.assign(globalThis, { noted });
    const look = () => {
      const state = document.querySelector('[role=status][aria-label=Connection]')?.textContent ?? '';
      const banner = document.querySelector('.banner')?.textContent ?? '';
      const last = noted.at(-1);
      if (last?.state !== state || last.banner !== banner) {
        noted.push({ at: performance.now(), state, banner });
      }
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => person.page.evaluate(() => (globalThis as unknown as { noted: Noted[] }).noted);
}

// K1
test('the indicator names the transport and the round trip, then that it is reconnecting, with a way to do so now', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(/(WebTransport|WebSocket) · [\d,]+ ms/);
  await set.server.kill();
  await expect.poll(() => ann.connection()).toContain('Reconnecting');
  await ann.sees(button('Retry now'));
  await set.server.up();
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
});

// K6, P4
test('a loss is in the panel while it lasts, and until it is over nobody is said to be here or away', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(LIVE);
  const panel = async () => (await ann.texts(PANEL)).join();
  const people = async () => (await ann.texts({ role: 'complementary' })).join();
  expect(await people()).not.toContain('Not known');
  const fetched = () =>
    ann.page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/report-')));
  await expect.poll(fetched).toBe(true);
  await set.server.kill();
  await expect.poll(() => ann.connection()).toContain('Reconnecting');
  await expect.poll(people).toContain('Not known while there is no connection');
  await ann.click(DETAILS);
  await expect.poll(panel).toMatch(/is gone, and there is no connection yet/);
  await set.server.up();
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  await expect.poll(panel).not.toContain('no connection yet');
  await expect.poll(people).not.toContain('Not known');
});

// K2
test('a banner comes only when the trouble has lasted, and a short one has none', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(LIVE);
  const noted = await watched(ann);
  await ann.page.evaluate(() => {
    dispatchEvent(new Event('offline'));
    dispatchEvent(new Event('online'));
  });
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  expect((await noted()).map(({ banner }) => banner).join('')).toBe('');
  await set.server.kill();
  await expect.poll(async () => (await noted()).at(-1)?.banner, BACK).toContain('sent as soon as');
  const all = await noted();
  const banner = all.findIndex((one) => one.banner !== '');
  const trouble = all.findIndex(({ state }) => state.includes('Reconnecting'));
  expect((all[banner]?.at ?? 0) - (all[trouble]?.at ?? 0)).toBeGreaterThan(1_900);
  await set.server.up();
  await expect.poll(async () => (await noted()).at(-1)?.banner, BACK).toBe('');
});

// K3
test('a server killed and started again is back in by itself: what was missed comes once, in order, without a jump', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  const said = ['first', 'second', 'third'];
  for (const text of said.slice(0, 1)) {
    await bob.say(text);
    await ann.messageWith(text);
  }
  const before = await ann.scroll();
  await set.server.kill();
  await set.server.up();
  for (const text of said.slice(1)) {
    await bob.say(text);
    await bob.hasSent(text);
  }
  await expect.poll(() => ann.heard(said), BACK).toEqual(said);
  expect((await ann.scroll()).below).toBe(before.below);
});

// K5
test('a network that comes back is tried at once, and so is a page that is looked at again', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(LIVE);
  const after = async (what: 'online' | 'visible') =>
    await ann.page.evaluate(async (event) => {
      const { fetch } = globalThis;
      dispatchEvent(new Event('offline'));
      const begun = performance.now();
      const tried = new Promise<number>((resolve) => {
        globalThis.fetch = (...args) => {
          resolve(performance.now() - begun);
          return fetch(...args);
        };
      });
      (event === 'online' ? globalThis : document).dispatchEvent(
        new Event(event === 'online' ? 'online' : 'visibilitychange'),
      );
      const ms = await tried;
      globalThis.fetch = fetch;
      return ms;
    }, what);
  expect(await after('online')).toBeLessThan(500);
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  expect(await after('visible')).toBeLessThan(500);
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
});

// K6
test('a click tells the whole history: transport, round trips as a line, loss, resumes, versions, a session to name', async () => {
  const ann = await set.member('ann', set.room());
  const told = await opened(ann);
  expect(await told()).toMatch(/Carried by\s*(WebTransport|WebSocket)/);
  for (const fact of [/Round trip\s*[\d,]+ ms/, /Pings answered\s*\d+ of \d+/, /Resumed\s*0 times/, /Protocol\s*1/]) {
    await expect.poll(told).toMatch(fact);
  }
  expect(await told()).toMatch(/Server\s*chinwag \d+\.\d+/);
  expect(await told()).toMatch(/Session\s*[0-9a-f]{8}\b/);
  await expect.poll(() => ann.count({ role: 'img', name: { part: 'Round trips of the last' } }), BACK).toBe(1);
  await set.server.kill();
  await set.server.up();
  await expect.poll(told, BACK).toMatch(/Resumed\s*1 time\b/);
  if (set.engine.transport === 'WebSocket') {
    expect(await told()).toMatch(/No WebTransport\s*This browser does not have it/);
  }
});

// K6, T2
test.runIf(set.engine.transport === 'WebTransport')(
  'why there is no WebTransport is said in the language of the page, with the words of the browser behind it',
  async () => {
    const ann = await set.member('ann', set.room());
    await ann.page.evaluate(() => localStorage.setItem('chinwag.language', 'ar'));
    await ann.page.reload();
    await ann.sees({ role: 'log' });
    await ann.page.evaluate(() => {
      const fails = class {
        constructor() {
          throw new Error('Opening handshake failed.');
        }
      };
      Object.assign(globalThis, { WebTransport: fails });
    });
    await set.server.kill();
    await set.server.up();
    await ann.click({ role: 'button', name: { part: 'تفاصيل الاتصال' } });
    const panel: Query = { role: 'dialog', name: 'الاتصال' };
    const told = async () => (await ann.texts(panel)).join();
    await expect.poll(told, BACK).toContain('لم يستطع المتصفح الاتصال عبر UDP');
    const raw = await ann.page.evaluate(() => {
      const words = document.querySelector<HTMLElement>('.details-raw');
      return [words?.localName, words?.dir, words?.lang, words?.textContent];
    });
    expect(raw).toEqual(['bdi', 'ltr', 'en', 'Error: Opening handshake failed.']);
  },
);

// K6
test('the diagnostics to copy hold no name, no room and nothing that was said', async () => {
  const room = set.room();
  const ann = await set.member('Annabel', room);
  await ann.say('the password is swordfish');
  await ann.hasSent('the password is swordfish');
  const told = await opened(ann);
  await ann.page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: (text: string) => Promise.resolve(Object.assign(globalThis, { copied: text })) },
    });
  });
  await ann.click(button('Copy diagnostics'));
  await expect.poll(told).toContain('Diagnostics copied');
  const copied = await ann.page.evaluate(() => (globalThis as unknown as { copied: string }).copied);
  const session = /Session\s*([0-9a-f]{8})/.exec(await told())?.[1];
  expect(copied).toContain(`session: ${session}`);
  expect(copied).toMatch(/server: chinwag .*, protocol 1/);
  for (const secret of ['Annabel', room, 'swordfish']) {
    expect(copied).not.toContain(secret);
  }
  const kept = await ann.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  for (const token of kept.match(/[0-9a-f]{16,}/g) ?? []) {
    expect(copied).not.toContain(token);
  }
});

// K6
test('the panel is left by the keyboard: Tab beyond its end closes it, Escape gives the focus back', async () => {
  const ann = await set.member('ann', set.room());
  await opened(ann);
  for (let n = 0; n < 12 && (await ann.count(PANEL)) > 0; n += 1) {
    await ann.press('Tab');
  }
  await expect.poll(() => ann.count(PANEL)).toBe(0);
  expect(await ann.hasFocus(DETAILS)).toBe(false);
  await ann.click(DETAILS);
  await ann.sees(PANEL);
  await ann.press('Escape');
  await expect.poll(() => ann.count(PANEL)).toBe(0);
  expect(await ann.hasFocus(DETAILS)).toBe(true);
});

// K7
test('another client on the server is said, with a way to load it, and never loaded by itself', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(LIVE);
  await ann.page.evaluate(() => {
    const { fetch } = globalThis;
    Object.assign(globalThis, { unloaded: false });
    globalThis.fetch = async (address, options) => {
      const answer = await fetch(address, options);
      return address === '/'
        ? new Response((await answer.text()).replace(/name="build" content="[0-9a-f]+"/, 'name="build" content="0123"'))
        : answer;
    };
  });
  expect(await ann.shown()).not.toContain('A new version is ready');
  await set.server.kill();
  await expect.poll(() => ann.connection()).toContain('Reconnecting');
  await set.server.up();
  await expect.poll(() => ann.shown(), BACK).toContain('A new version is ready');
  // The same page still: what was put into it is there.
  expect(await ann.page.evaluate(() => 'unloaded' in globalThis)).toBe(true);
  await ann.sees(MESSAGE);
  await ann.click(button('Reload'));
  await expect.poll(() => ann.page.evaluate(() => 'unloaded' in globalThis), BACK).toBe(false);
  await ann.sees(MESSAGE);
});

// K8
test('a clock that is wrong by hours does not show on what one writes', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.connection()).toMatch(LIVE);
  await ann.page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 3 * 60 * 60_000;
    dispatchEvent(new Event('offline'));
  });
  // The next connection tells the time anew; what is shown of the one before comes a frame late.
  await expect.poll(() => ann.connection()).not.toMatch(LIVE);
  await ann.page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => ann.connection(), BACK).toMatch(LIVE);
  await set.server.freeze();
  await ann.say('what time is it');
  const { busy, datetime } = await ann.messageWith('what time is it');
  set.server.thaw();
  expect(busy).toBe(true);
  expect(Math.abs(Date.parse(datetime) - Date.now())).toBeLessThan(60_000);
  await ann.hasSent('what time is it');
});
