// Runs inside the page, bundled by bundle.ts: finds elements as assistive technology does, and notes what the page must
// never do. Put in before the page's own scripts where the engine can, after loading where it cannot (WebKitWebDriver).

import { queryAllByRole } from '@testing-library/dom';

export interface Query {
  readonly role: string;
  /** The whole accessible name, or a part of it. */
  readonly name?: string | { readonly part: string };
  /** Looked for only inside the first element that answers this. */
  readonly within?: Query;
}

/** How `navigator.geolocation` answers. */
export type Whereabouts =
  | { readonly kind: 'found' | 'held'; readonly latitude: number; readonly longitude: number }
  | { readonly kind: 'refused'; readonly code: 1 | 2 | 3 }
  | { readonly kind: 'missing' };

export interface Article {
  /** All of its text, with the line breaks that are seen. */
  readonly text: string;
  readonly datetime: string;
  readonly timeTitle: string;
  readonly timeText: string;
  readonly busy: boolean;
  readonly retry: boolean;
  readonly links: readonly { text: string; href: string; rel: string; target: string }[];
  /** Tags of all elements inside, to tell text from markup. */
  readonly tags: readonly string[];
}

const faults: string[] = [];
let release: (() => void) | null = null;

addEventListener('securitypolicyviolation', (event) => {
  keepBreach(`content security policy: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`);
});
addEventListener('error', (event) => {
  faults.push(`uncaught: ${event.message}`);
});
addEventListener('unhandledrejection', (event) => {
  faults.push(`unhandled rejection: ${String(event.reason)}`);
});

/** The texts of the rows that were led to, in order: a slow driver misses the moment for which they stand out. */
const flashes: string[] = [];

new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target instanceof HTMLElement && target.matches('article.flashed')) {
      flashes.push(target.innerText);
    }
  }
}).observe(document, { attributeFilter: ['class'], subtree: true });

/** Animations and transitions that have begun. */
let moves = 0;
for (const kind of ['animationstart', 'transitionrun']) {
  addEventListener(kind, () => {
    moves += 1;
  });
}

/** Waits until nothing moves; answers how often something has begun to. */
async function rest(): Promise<number> {
  await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
  return moves;
}

// Whoever is in a test looks at the page. Only one window of a desktop has the focus, and those of some drivers none.
Object.defineProperty(document, 'hasFocus', { value: () => true, configurable: true });
dispatchEvent(new Event('focus')); // where the page has looked before this ran

/** Breaches of the policy outlive their page and their tab, until the profile is somebody else's. */
const BREACHES = 'rig.breaches';

function breaches(): string[] {
  try {
    return JSON.parse(localStorage.getItem(BREACHES) ?? '[]') as string[];
  } catch {
    return []; // a page without storage, such as an empty one
  }
}

function keepBreach(breach: string): void {
  try {
    localStorage.setItem(BREACHES, JSON.stringify([...breaches(), breach]));
  } catch {
    faults.push(breach);
  }
}

/** For the test of these very notes. */
function forgive(): void {
  faults.length = 0;
  localStorage.removeItem(BREACHES);
}

function escaped(part: string): RegExp {
  return new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

function find(query: Query): HTMLElement[] {
  const root = query.within === undefined ? document.body : find(query.within)[0];
  if (root === undefined || root === null) {
    return [];
  }
  const { name } = query;
  const filter = name === undefined ? {} : { name: typeof name === 'string' ? name : escaped(name.part) };
  return queryAllByRole(root, query.role, filter);
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  /** What lies on top of it there if it is not itself. */
  readonly covered: string | null;
  /** Whether it, or what it stands in, is on its way. */
  readonly moving: boolean;
}

/** The middle of the first match, scrolled into view, as the next frame shows it. */
async function middle(query: Query): Promise<Spot | null> {
  await frame();
  const element = find(query)[0];
  if (element === undefined) {
    return null;
  }
  element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const itself = top !== null && (element.contains(top) || top.contains(element));
  return { x, y, covered: itself ? null : (top?.outerHTML.slice(0, 120) ?? 'nothing'), moving: isOnItsWay(element) };
}

/** A page that nobody sees draws none. */
function frame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
    setTimeout(resolve, 100);
  });
}

function isOnItsWay(element: Element | null): boolean {
  const runs = element?.getAnimations().some(({ playState }) => playState === 'running') ?? false;
  return runs || (element !== null && isOnItsWay(element.parentElement));
}

function focused(query: Query): boolean {
  const element = find(query)[0];
  return element !== undefined && element === document.activeElement;
}

function value(query: Query): string {
  const element = find(query)[0];
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : '';
}

/** Replaces a field's text as one input of the user. */
function fill(query: Query, text: string): boolean {
  const element = find(query)[0];
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) {
    return false;
  }
  write(element, text);
  return true;
}

/** Fills a field and presses Enter in it, in one go. */
function send(query: Query, text: string): void {
  fill(query, text);
  const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', enter));
}

/** Many lines come in at once, as by the clipboard: Chromium types them one by one, in the square of their number. */
function write(element: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  element.focus();
  element.select();
  if (text.includes('\n')) {
    element.setRangeText(text, 0, element.value.length, 'end');
    element.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
  } else {
    document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
  }
}

// What people see: `innerText` leaves out what is hidden and keeps the line breaks that are shown.
function texts(query: Query): string[] {
  return find(query).map((element) => element.innerText.trim());
}

function article(element: HTMLElement): Article {
  const time = element.querySelector('time');
  return {
    text: element.innerText,
    datetime: time?.getAttribute('datetime') ?? '',
    timeTitle: time?.getAttribute('title') ?? '',
    timeText: time?.textContent ?? '',
    busy: element.getAttribute('aria-busy') === 'true',
    retry: queryAllByRole(element, 'button', { name: 'Retry' }).length > 0,
    links: [...element.querySelectorAll('a')].map((link) => ({
      text: link.textContent ?? '',
      href: link.getAttribute('href') ?? '',
      rel: link.rel,
      target: link.target,
    })),
    tags: [...element.querySelectorAll('*')].map((inside) => inside.localName),
  };
}

function articles(): Article[] {
  return find({ role: 'article', within: { role: 'log' } }).map(article);
}

/** The log's text outside its messages. */
function lines(): string {
  const log = find({ role: 'log' })[0];
  if (log === undefined) {
    return '';
  }
  const walker = document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
  let text = '';
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    text += parent?.closest('article, [role=article]') === null ? ` ${walker.currentNode.nodeValue ?? ''}` : '';
  }
  return text.replace(/\s+/g, ' ').trim();
}

/** The element that scrolls the messages: the log itself or what lies around it. */
function scroller(): HTMLElement | null {
  let at: HTMLElement | null = find({ role: 'log' })[0] ?? null;
  while (at !== null && !/auto|scroll/.test(getComputedStyle(at).overflowY)) {
    at = at.parentElement;
  }
  return at;
}

function locate(where: Whereabouts): void {
  const geolocation = where.kind === 'missing' ? undefined : { getCurrentPosition: answering(where) };
  Object.defineProperty(navigator, 'geolocation', { value: geolocation, configurable: true });
}

function answering(where: Exclude<Whereabouts, { kind: 'missing' }>) {
  return (found: (position: unknown) => void, failed?: (error: unknown) => void): void => {
    const answer = () => {
      if (where.kind === 'refused') {
        failed?.({ code: where.code, message: 'refused by the test' });
      } else {
        const { latitude, longitude } = where;
        found({ coords: { latitude, longitude, accuracy: 10 }, timestamp: Date.now() });
      }
    };
    if (where.kind === 'held') {
      release = answer;
    } else {
      setTimeout(answer, 0);
    }
  };
}

/** Leaves nothing of the page's user in this profile. */
async function forget(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  for (const cookie of document.cookie.split('; ')) {
    // biome-ignore lint/suspicious/noDocumentCookie: no cookie store in Firefox and WebKit
    document.cookie = `${cookie.split('=')[0]}=; max-age=0; path=/`;
  }
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    indexedDB.deleteDatabase(name ?? '');
  }
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    await worker.unregister();
  }
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    await caches.delete(name);
  }
}

const rig = {
  find,
  middle,
  focused,
  value,
  fill,
  send,
  texts,
  articles,
  lines,
  scroller,
  locate,
  forget,
  release: () => release?.(),
  faults: () => [...faults, ...breaches()],
  forgive,
  flashes: () => flashes,
  rest,
};

export type Rig = typeof rig;

declare global {
  var chinwagRig: Rig;
}

globalThis.chinwagRig ??= rig;
