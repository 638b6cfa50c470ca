// Runs inside the page, before its own scripts: notes when a key went down and when messages came into the document and
// onto the screen, and talks to the server without any page around it, for comparison. All times are milliseconds by the
// machine's clock, so that those of two windows can be subtracted.

import { connect, type Room } from '../../src/lib.ts';
import { browserEnvironment } from '../../src/session/browser.ts';
import type { Environment, Keep } from '../../src/session/environment.ts';
import type { Lane, TransportName } from '../../src/transport/carrier.ts';
import { decodeEvent, encodeCommand, TOKEN_BYTES, VERSION } from '../../src/wire/protocol.ts';

export interface Moment {
  /** In the document. */
  readonly inDocument: number;
  /** The next animation frame's callbacks run: it is laid out and painted right after them. */
  readonly inFrame: number;
  /** The page has done its part of that frame: the rest is the compositor's. */
  readonly painted: number;
}

export interface Seen {
  /** As a message on its way. */
  pending: Moment | null;
  /** As one that the server has confirmed. */
  settled: Moment | null;
  /** When the bytes that brought the settled one came out of the network. */
  arrived: number;
}

type State = 'pending' | 'settled';

const MARK = /bench message \d+/;
/** A message that is not there by then counts as missing. */
const GIVE_UP_MS = 5_000;

const seen = new Map<string, Seen>();
const waiting = new Map<string, (what: Seen) => void>();
const heard = new Map<string, number>();
const listening = new Map<string, (at: number) => void>();
let keyDown = 0;
/** Zero: nothing yet since the key. */
let handedOver = 0;
let arrived = 0;

function now(): number {
  return performance.timeOrigin + performance.now();
}

addEventListener(
  'keydown',
  (event) => {
    keyDown = performance.timeOrigin + event.timeStamp;
    handedOver = 0;
  },
  { capture: true },
);

// --- where the page meets the network ---

const { read } = ReadableStreamDefaultReader.prototype;
const { write } = WritableStreamDefaultWriter.prototype;

ReadableStreamDefaultReader.prototype.read = function (this: ReadableStreamDefaultReader) {
  const result = read.call(this);
  result.then(cameIn, () => undefined);
  return result;
};

WritableStreamDefaultWriter.prototype.write = function (this: WritableStreamDefaultWriter, chunk: unknown) {
  wentOut();
  return write.call(this, chunk);
};

globalThis.WebSocket = class extends WebSocket {
  constructor(...address: ConstructorParameters<typeof WebSocket>) {
    super(...address);
    this.addEventListener('message', cameIn);
  }

  override send(data: Parameters<WebSocket['send']>[0]): void {
    wentOut();
    super.send(data);
  }
};

function cameIn(): void {
  arrived = now();
}

/** The first thing after the key is the message; a ping may follow it. */
function wentOut(): void {
  handedOver ||= now();
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
}).observe(document, { subtree: true, childList: true, attributeFilter: ['aria-busy'] });

function note(element: Element, at: number): void {
  const article = element.closest('article') ?? element.querySelector('article');
  const mark = MARK.exec(article?.textContent ?? '')?.[0];
  if (mark === undefined) {
    return;
  }
  const what = seen.get(mark) ?? { pending: null, settled: null, arrived: 0 };
  seen.set(mark, what);
  const state: State = article?.getAttribute('aria-busy') === 'true' ? 'pending' : 'settled';
  if (what[state] === null) {
    what[state] = { inDocument: at, inFrame: 0, painted: 0 };
    what.arrived = arrived;
    requestAnimationFrame(() => framed(what, state, waiting.get(mark)));
  }
}

function framed(what: Seen, state: State, done: ((what: Seen) => void) | undefined): void {
  const inFrame = now();
  const afterwards = new MessageChannel();
  afterwards.port1.onmessage = () => {
    afterwards.port1.close();
    const inDocument = what[state]?.inDocument ?? 0;
    what[state] = { inDocument, inFrame, painted: now() };
    if (state === 'settled') {
      done?.(what);
    }
  };
  afterwards.port2.postMessage(null);
}

/** Resolves when this message has been seen settled, or with null. Ask before it is sent. */
function awaits(mark: string): Promise<Seen | null> {
  return new Promise((resolve) => {
    waiting.set(mark, resolve);
    setTimeout(() => resolve(null), GIVE_UP_MS);
  });
}

/** Milliseconds between this window's frames when nothing happens: tells whether it is drawn at all. */
async function frames(count: number): Promise<number> {
  const next = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(() => resolve(now())));
  const first = await next();
  let last = first;
  for (let n = 0; n < count; n += 1) {
    last = await next();
  }
  return (last - first) / count;
}

// --- without a page around it ---

function forgetful(): Keep {
  return { keys: () => [], get: () => null, set: () => undefined };
}

/** Somebody else than the page's user, over this carrier and no other. */
function world(transport: TransportName): Environment {
  return { ...browserEnvironment(), tab: forgetful(), device: forgetful(), shared: null, supported: [transport] };
}

/** A connection that only pings. */
class Echo {
  readonly #control: Lane;
  #answered: () => void = () => undefined;
  #nonce = 0;

  private constructor(open: (frame: (payload: Uint8Array) => void) => Lane) {
    this.#control = open((payload) => {
      const { kind } = decodeEvent(payload);
      if (kind === 'Pong' || kind === 'Welcome') {
        this.#answered();
      }
    });
  }

  static async open(transport: TransportName): Promise<Echo> {
    const env = world(transport);
    const { signal } = new AbortController();
    const carrier = await env.dial(transport, await env.discover(signal), signal);
    const echo = new Echo((frame) => carrier.openLane({ frame, end: () => undefined }));
    const next = env.randomBytes(TOKEN_BYTES);
    await echo.#ask({ kind: 'Hello', version: VERSION, token: null, next, client: 'bench' });
    return echo;
  }

  /** The milliseconds that the answer took. */
  async ping(): Promise<number> {
    this.#nonce += 1;
    const sent = now();
    await this.#ask({ kind: 'Ping', nonce: this.#nonce });
    return now() - sent;
  }

  #ask(command: Parameters<typeof encodeCommand>[0]): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#control.send(encodeCommand(command));
    });
  }
}

let echo: Echo | null = null;
let room: Room | null = null;

/** Opens what `ping`, `say` and `hears` use. */
async function open(transport: TransportName, roomName: string, name: string): Promise<void> {
  echo = await Echo.open(transport);
  room = await connect({ environment: world(transport) }).join(roomName, name, (event) => {
    const { content } = event.kind === 'entry' ? event.told.entry : { content: null };
    if (content?.kind === 'Text') {
      heard.set(content.body, now());
      listening.get(content.body)?.(now());
    }
  });
}

async function ping(): Promise<number | null> {
  return (await echo?.ping()) ?? null;
}

/** Answers when it was handed over. */
function say(text: string): number {
  const at = now();
  room?.send(text).catch(() => undefined);
  return at;
}

function hears(text: string): Promise<number | null> {
  return new Promise((resolve) => {
    const at = heard.get(text);
    if (at !== undefined) {
      resolve(at);
    }
    listening.set(text, resolve);
    setTimeout(() => resolve(null), GIVE_UP_MS);
  });
}

const bench = { now, awaits, frames, open, ping, say, hears, pressed: () => ({ keyDown, handedOver }) };

export type Bench = typeof bench;

declare global {
  var chinwagBench: Bench;
}

globalThis.chinwagBench ??= bench;
