// The service worker: keeps the client's own files, so that its page opens without a network. Each build has a cache of
// its own, filled before the worker takes over. Pages come from the network first: a new version is never held up by an
// old one. The files of an older build stay as long as a page of it is open (it holds a lock, see ui/offline/), because
// the server has only the newest.

import { wayOf } from './ways.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build (build/shell.ts): a digest of all files, and their paths. */
declare const BUILD: string;
declare const FILES: readonly string[];

const PREFIX = 'chinwag.shell.';
const PAGE = '/';
const OTHERS = FILES.filter((path) => path !== PAGE);
/** A network that takes longer to answer is none. */
const PATIENCE_MS = 4_000;

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const asked = { method: request.method, url: new URL(request.url), navigates: request.mode === 'navigate' };
  switch (wayOf(asked, self.location.origin, OTHERS)) {
    case 'page':
      event.respondWith(networkFirst(request, PAGE));
      event.waitUntil(tidy());
      return;
    case 'kept':
      event.respondWith(keptFirst(request));
      return;
    case 'fresh':
      event.respondWith(networkFirst(request, asked.url.pathname));
      return;
    case 'pass':
      return;
  }
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function fill(): Promise<void> {
  const page = await fetch(PAGE, { cache: 'no-cache' });
  if (!page.ok || !(await page.clone().text()).includes(BUILD)) {
    throw new Error('the server has another build by now');
  }
  const cache = await caches.open(PREFIX + BUILD);
  // What is named by its content is in the browser's cache already; the rest must be of this moment.
  await cache.addAll(
    OTHERS.map((path) => (path.startsWith('/assets/') ? path : new Request(path, { cache: 'no-cache' }))),
  );
  await cache.put(PAGE, page);
}

/** Deletes the caches of builds that no page is of. */
async function tidy(): Promise<void> {
  const { held = [] } = await self.navigator.locks.query();
  const inUse = new Set([PREFIX + BUILD, ...held.map(({ name }) => name)]);
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && !inUse.has(name)).map((name) => caches.delete(name)),
  );
}

async function networkFirst(request: Request, kept: string): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: patience });
    // A gateway whose server is down has no page of ours either.
    return answer.status < 500 ? answer : ((await own(kept)) ?? answer);
  } catch (error) {
    const answer = await own(kept);
    if (answer === undefined) {
      throw error;
    }
    return answer;
  }
}

async function own(path: string): Promise<Response | undefined> {
  return (await caches.open(PREFIX + BUILD)).match(path, { ignoreVary: true });
}

async function keptFirst(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** Brings the page to the front that has shown a notification, or opens one. */
async function open(shown: unknown): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ frameType }) => frameType === 'top-level');
  if (page === undefined) {
    await self.clients.openWindow(PAGE);
    return;
  }
  await page.focus();
  page.postMessage({ kind: 'opened', shown });
}
