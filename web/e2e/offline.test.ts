// Without a network, and installed: what opens, what is kept on the device, what is never kept.

import { expect, inject, test } from 'vitest';
import { button, LOG, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage();
/** A client that was away for long waits before it tries again. */
const BACK = { timeout: 60_000 };
/** MiniBrowser's test profiles have no service workers. */
const hasWorkers = inject('engine') !== 'webkit';

/** All addresses that are kept on this device, once the worker is at work. */
async function keptFiles(person: Person): Promise<string[]> {
  return await person.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => new URL(url).pathname);
  });
}

/** All that this device has kept of rooms. */
async function keptTexts(person: Person): Promise<string> {
  return await person.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('chinwag.attic', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('rows');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const rows = await new Promise<unknown[]>((resolve) => {
      const all = database.transaction('rows').objectStore('rows').getAll();
      all.onsuccess = () => resolve(all.result);
    });
    database.close();
    return rows.length === 0 ? '' : JSON.stringify(rows);
  });
}

// B5
test('the client can be installed: a manifest with a name, colours and icons, one of them maskable', async () => {
  const ann = await set.person();
  await ann.open();
  const manifest = await ann.page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
    const answer = await fetch(link?.href ?? '');
    return { type: answer.headers.get('content-type'), told: await answer.json() };
  });
  expect(manifest.type).toBe('application/manifest+json');
  expect(manifest.told).toMatchObject({ name: 'Chinwag', start_url: '/', display: 'standalone' });
  expect(manifest.told.theme_color).toMatch(/^#[0-9a-f]{6}$/);
  const icons: { src: string; type: string; purpose: string; sizes: string }[] = manifest.told.icons;
  expect(icons.map(({ purpose }) => purpose)).toContain('maskable');
  for (const { src, type, sizes } of icons) {
    const drawn = await ann.page.evaluate(async (path) => {
      const image = new Image();
      image.src = path;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect((await fetch(set.server.url + src)).headers.get('content-type')).toBe(type);
    expect(sizes === 'any' || sizes === drawn, `${src} is ${drawn}`).toBe(true);
  }
});

// B5
test.runIf(hasWorkers)('without a server the page opens, and goes on by itself when the server is back', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await expect.poll(() => keptFiles(ann)).toContain('/');
  await set.server.kill();
  await ann.page.reload();
  await ann.sees({ role: 'heading' });
  await set.server.up();
  await ann.sees(MESSAGE);
  await expect.poll(() => ann.connection(), BACK).toMatch(/WebTransport|WebSocket/);
});

// B5
test.runIf(hasWorkers)('the worker keeps the client’s own files, and nothing that is said', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('not for the cache');
  await ann.hasSent('not for the cache');
  await expect.poll(() => keptFiles(ann)).toContain('/');
  const page = await (await fetch(`${set.server.url}/`)).text();
  // Where the server is, is asked of the server.
  const linked = [...page.matchAll(/(?:src|href)="(\/[^".][^"]*)"/g)].map((match) => match[1] ?? '');
  const kept = await keptFiles(ann);
  expect(kept).toEqual(expect.arrayContaining(linked));
  for (const path of kept) {
    expect(path).toMatch(/^\/(assets\/[^/]+|[^/.]+\.(js|svg|png|webmanifest))?$/);
  }
  const texts = await ann.page.evaluate(async () => {
    const names = await caches.keys();
    const answers = await Promise.all(names.map(async (name) => (await caches.open(name)).matchAll()));
    return (await Promise.all(answers.flat().map((answer) => answer.text()))).join('');
  });
  expect(texts).not.toContain('not for the cache');
  expect(await ann.count(LOG)).toBe(1);
});

// B5 C5
test.runIf(hasWorkers)(
  'a cold start without a server opens the room as this device has kept it; what is written goes out later, once',
  async () => {
    const room = set.room();
    const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
    await bob.say('kept for later');
    await bob.say('to be deleted');
    await bob.hasSent('to be deleted');
    await ann.messageWith('to be deleted');
    await expect.poll(() => keptFiles(ann)).toContain('/');
    await expect.poll(() => keptTexts(ann)).toContain('to be deleted');
    await set.server.kill();
    const cold = await set.tabOf(ann);
    await ann.page.shut();
    await cold.open(`/r/${room}?name=ann`);
    await cold.sees(MESSAGE);
    await cold.messageWith('kept for later');
    expect(await cold.shown()).toContain('From this device');
    expect((await cold.messageWith('kept for later')).timeText).toMatch(/\d/);
    await cold.say('written in the dark');
    expect((await cold.messageWith('written in the dark')).busy).toBe(true);
    await set.server.up();
    await cold.hasSent('written in the dark');
    const all = ['kept for later', 'to be deleted', 'written in the dark'];
    await expect.poll(() => cold.heard(all), BACK).toEqual(all);
    await expect.poll(() => bob.heard(all), BACK).toEqual(all);
    await expect.poll(() => cold.shown()).not.toContain('From this device');
  },
);

// B5
test('a room that is left is forgotten by this device', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await ann.say('for the time being');
  await ann.hasSent('for the time being');
  await expect.poll(() => keptTexts(ann)).toContain('for the time being');
  await ann.click(button('Leave'));
  await ann.sees(button('Join'));
  await expect.poll(() => keptTexts(ann)).toBe('');
});
