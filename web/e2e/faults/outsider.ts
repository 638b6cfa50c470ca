// Somebody who is no browser: writes much, and reads the whole history as one does who was never there. Knows the wire
// and nothing of the web client above it, so that a fault of the client cannot hide itself.

import { tagged, untagged } from '../../src/wire/frame.ts';
import {
  type Command,
  decodeEvent,
  type Entry,
  type Event,
  encodeCommand,
  MEMBER_SECRET_BYTES,
  TOKEN_BYTES,
  VERSION,
} from '../../src/wire/protocol.ts';

const CONTROL = 0;
const ROOM = 1;
/** Fewer than the server allows unanswered. */
const WINDOW = 60;
/** The most that the server answers with. */
const PAGE = 100;
const ANSWERS_WITHIN_MS = 20_000;

export interface Line {
  readonly seq: number;
  readonly nick: string;
  readonly text: string;
}

export class Outsider {
  readonly #socket: WebSocket;
  #hear: (event: Event) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;
  /** Of what it has said so far. */
  #numbers = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#receive(new Uint8Array(data));
    socket.onclose = () => this.#failed(new Error('the server has hung up'));
  }

  /** `url` is where the server's pages are. */
  static async join(url: string, room: string, nick: string): Promise<Outsider> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`${url} does not open`));
    });
    const member = crypto.getRandomValues(new Uint8Array(MEMBER_SECRET_BYTES));
    const outsider = new Outsider(socket);
    const next = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
    await outsider.#ask<boolean>((done) => {
      outsider.#say(CONTROL, { kind: 'Hello', version: VERSION, token: null, next, client: 'faults' });
      outsider.#say(ROOM, { kind: 'Join', room: { kind: 'Named', name: room }, nick, cursor: null, member });
      return (event) => event.kind === 'Joined' && done(true);
    });
    return outsider;
  }

  /** Writes these texts in this order; resolves when all are stored. */
  async write(texts: readonly string[]): Promise<void> {
    const before = this.#numbers;
    let [sent, stored] = [0, 0];
    const send = (): void => {
      for (; sent < texts.length && sent - stored < WINDOW; sent += 1) {
        const content = { kind: 'Text', body: texts[sent] ?? '', reply: null } as const;
        this.#say(ROOM, { kind: 'Send', number: before + sent + 1, content });
      }
      this.#numbers = before + sent;
    };
    await this.#ask<boolean>((done) => {
      send();
      return (event) => {
        // One's own entry tells as much, and only one of both may come.
        stored = event.kind === 'Ack' ? Math.max(stored, event.number - before) : stored;
        send();
        return stored === texts.length && done(true);
      };
    }, texts.length);
  }

  /** Every entry of the room, oldest first. */
  async history(): Promise<Line[]> {
    const pages: Line[][] = [];
    for (let before = Number.MAX_SAFE_INTEGER, more = true; more; ) {
      const page = await this.#page(before);
      pages.unshift(page.entries.map(lineOf));
      before = page.entries[0]?.seq ?? before;
      more = page.more;
    }
    return pages.flat();
  }

  leave(): void {
    this.#say(CONTROL, { kind: 'Bye' });
    this.#socket.close();
  }

  async #page(before: number): Promise<Extract<Event, { kind: 'History' }>> {
    return await this.#ask((done) => {
      this.#say(ROOM, { kind: 'History', range: { kind: 'Before', seq: before }, limit: PAGE });
      return (event) => event.kind === 'History' && done(event);
    });
  }

  /** `begin` says what there is to say and returns who hears the answers. */
  async #ask<T>(begin: (done: (value: T) => true) => (event: Event) => boolean, effort = 0): Promise<T> {
    return await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the server does not answer')), ANSWERS_WITHIN_MS + effort * 10);
      const done = (value: T): true => {
        clearTimeout(late);
        this.#hear = () => undefined;
        resolve(value);
        return true;
      };
      this.#failed = reject;
      const hear = begin(done);
      this.#hear = (event) => {
        if (event.kind === 'JoinRefused' || event.kind === 'Refused' || event.kind === 'Rejected') {
          reject(new Error(event.refusal.text));
        }
        hear(event);
      };
    });
  }

  #say(lane: number, command: Command): void {
    this.#socket.send(tagged(lane, encodeCommand(command)));
  }

  #receive(message: Uint8Array): void {
    for (const [, payload] of untagged(message)) {
      this.#hear(decodeEvent(payload));
    }
  }
}

function lineOf({ seq, nick, content }: Entry): Line {
  return { seq, nick, text: content.kind === 'Text' ? content.body : '' };
}
