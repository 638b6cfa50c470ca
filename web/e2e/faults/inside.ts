// Runs inside the page, before its own scripts: notes when each message came into the document, over which transport the
// page was connected, what the room said, and when a return was complete. Writes through the composer as a person does.
// All times are milliseconds by the machine's clock.

/** A message that the server has confirmed, in the order in which they came into the document. */
export interface Shown {
  readonly n: number;
  readonly at: number;
}

/** The page's word on its connection, each time that it changed. */
export interface Move {
  readonly to: 'WebTransport' | 'WebSocket' | 'none';
  readonly at: number;
}

export interface Line {
  readonly text: string;
  readonly at: number;
}

/** A return to a room where something was missed. */
export interface Return {
  /** The first carrier was open: the greeting goes out in the same breath. */
  opened: number;
  /** A frame in which all was right; 0 while there was none. */
  right: number;
  /** Frames in which the screen was neither the old one nor the right one. */
  partial: number;
}

/** Rows that are compared: more than a screen holds. */
const ROWS = 30;
/** A view that does not change any more is at its end. */
const STILL_FRAMES = 120;
const MARK = /message (\d+)\./;

const shown: Shown[] = [];
const seen = new Set<number>();
let newest = 0;
const moves: Move[] = [];
const lines: Line[] = [];
let usable = 0;
let firstOpened = 0;
let written = 0;
let writing: ReturnType<typeof setInterval> | undefined;
let back: Return | null = null;

function now(): number {
  return performance.timeOrigin + performance.now();
}

// --- what is seen ---

new MutationObserver((records) => {
  const at = now();
  for (const { type, target, addedNodes } of records) {
    for (const node of type === 'attributes' ? [target] : addedNodes) {
      if (node instanceof Element) {
        note(node, at);
      }
    }
  }
  noteConnection(at);
}).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ['aria-busy'] });

function note(element: Element, at: number): void {
  for (const article of element.matches('article') ? [element] : element.querySelectorAll('article')) {
    const n = numberOf(article);
    if (n !== null && article.getAttribute('aria-busy') !== 'true' && !seen.has(n)) {
      seen.add(n);
      newest = Math.max(newest, n);
      shown.push({ n, at });
    }
  }
  for (const line of element.matches('.server-line') ? [element] : element.querySelectorAll('.server-line')) {
    // Behind it stands the time.
    lines.push({ text: line.firstChild?.textContent ?? '', at });
  }
}

function noteConnection(at: number): void {
  const said = document.querySelector('[role=status][aria-label=Connection]')?.textContent ?? '';
  const to = said.includes('WebTransport') ? 'WebTransport' : said.includes('WebSocket') ? 'WebSocket' : 'none';
  if (said !== '' && to !== (moves.at(-1)?.to ?? '')) {
    moves.push({ to, at });
  }
  if (usable === 0 && to !== 'none' && composer() !== null) {
    usable = performance.now();
  }
}

function composer(): HTMLTextAreaElement | null {
  return document.querySelector('textarea[aria-label=Message]:enabled');
}

function numberOf(article: Element): number | null {
  const n = MARK.exec(article.textContent)?.[1];
  return n === undefined ? null : Number(n);
}

// --- how far the machine can be trusted ---

/** So often it looks whether the machine lets this page run. */
const BEAT_MS = 20;

let beatAt = now();
/** The longest that the page did not get to run, since the flood began. */
let heldUpMs = 0;

setInterval(() => {
  heldUpMs = Math.max(heldUpMs, now() - beatAt - BEAT_MS);
  beatAt = now();
}, BEAT_MS);

// --- writing ---

/** From now on a message with the next number every so many milliseconds. */
function write(everyMs: number): void {
  writing = setInterval(() => {
    const field = composer();
    if (field === null) {
      return;
    }
    written += 1;
    field.focus();
    field.select();
    document.execCommand('insertText', false, `message ${written}.`);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  }, everyMs);
}

/** Answers how many were written. */
function stop(): number {
  clearInterval(writing);
  return written;
}

// --- beginning ---

/** When the answer to this request was there. */
function answeredAt(part: string): number {
  const found = performance.getEntriesByType('resource').find(({ name }) => name.includes(part));
  return found instanceof PerformanceResourceTiming ? found.responseEnd : 0;
}

// --- coming back ---

globalThis.WebSocket = class extends WebSocket {
  constructor(...address: ConstructorParameters<typeof WebSocket>) {
    super(...address);
    this.addEventListener('open', opened);
  }
};

if (typeof globalThis.WebTransport === 'function') {
  globalThis.WebTransport = class extends WebTransport {
    constructor(...address: ConstructorParameters<typeof WebTransport>) {
      super(...address);
      // Whoever uses it hears of a failure.
      this.ready.then(opened, () => undefined);
    }
  };
}

function opened(): void {
  firstOpened ||= performance.now();
  if (back?.opened === 0) {
    back.opened = now();
  }
}

/** Watches every frame until the newest rows are those that end with this message, and the connection is up. */
function returns(last: number): void {
  const watched: Return = { opened: 0, right: 0, partial: 0 };
  const before = tail();
  const right = Array.from({ length: Math.min(ROWS, last) }, (_, row) => last - Math.min(ROWS, last) + row + 1);
  back = watched;
  const look = (): void => {
    const rows = tail();
    const isRight = rows.join() === right.join() && endIsSeen();
    watched.partial += isRight || rows.join() === before.join() ? 0 : 1;
    if (isRight && watched.opened > 0 && moves.at(-1)?.to !== 'none') {
      watched.right = now();
    } else if (back === watched) {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

/** The numbers of the newest rows. */
function tail(): (number | null)[] {
  return [...document.querySelectorAll('article')].slice(-ROWS).map(numberOf);
}

/** The last row stands above the lower edge of what scrolls. */
function endIsSeen(): boolean {
  const scroller = document.querySelector('[role=log]');
  const last = scroller?.querySelectorAll('article').item(-1) ?? [...document.querySelectorAll('article')].at(-1);
  const edge = scroller?.getBoundingClientRect().bottom ?? 0;
  return last !== undefined && last !== null && last.getBoundingClientRect().bottom <= edge + 1;
}

// --- reading all ---

/**
 * Scrolls up until the message `until` is there, and answers every number that was seen, in the order of the document.
 * Each view must overlap the one below it: what does not is told as it stands, so that a gap stays a gap.
 */
async function walk(until: number): Promise<number[]> {
  const scroller = globalThis.chinwagRig.scroller();
  let all: number[] = [];
  scroller?.scrollTo({ top: scroller.scrollHeight, behavior: 'instant' });
  for (let still = 0; still < STILL_FRAMES; still += 1) {
    const view = [...document.querySelectorAll('article')].map(numberOf).filter((n) => n !== null);
    const joint = all[0] === undefined ? -1 : view.indexOf(all[0]);
    const above = joint === -1 ? view : view.slice(0, joint);
    const isSame = joint !== -1 && view.slice(joint).every((n, at) => n === all[at]);
    if (joint === -1 || above.length > 0 || !isSame) {
      all = isSame || all.length === 0 ? [...above, ...all] : [...view, ...all];
      still = isSame || still === 0 ? 0 : still;
    }
    if (all[0] !== undefined && all[0] <= until) {
      return all;
    }
    scroller?.scrollTo({ top: 0, behavior: 'instant' });
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return all;
}

const lab = {
  write,
  stop,
  returns,
  walk,
  back: () => back,
  usable: () => usable,
  /** Milliseconds since the navigation began. */
  beginning: () => ({ answered: answeredAt('well-known'), opened: firstOpened, usable }),
  notes: () => ({ shown, moves, lines, heldUpMs }),
  beginsAnew: () => {
    heldUpMs = 0;
  },
  /** How far it has come: cheap to ask for. */
  stands: () => ({ newest, on: moves.at(-1)?.to ?? 'none', written }),
  pending: () => document.querySelectorAll('article[aria-busy=true]').length,
};

export type Lab = typeof lab;

declare global {
  var chinwagLab: Lab;
}

globalThis.chinwagLab ??= lab;
