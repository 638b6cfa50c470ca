// The client without a user interface, for programs and other interfaces.
//
//   const client = connect({ server: 'https://chat.example.org' });
//   const room = await client.join('lobby', 'ann', (event) => { ... });
//   await room.send('hello'); // resolves when the message is committed

import { browserEnvironment } from './session/browser.ts';
import type { Environment } from './session/environment.ts';
import type { Membership } from './session/membership.ts';
import type { Status } from './session/phase.ts';
import type { RoomEvent } from './session/room-events.ts';
import { Session } from './session/session.ts';
import type { Content, Refusal } from './wire/protocol.ts';

export type { Environment } from './session/environment.ts';
export type { Status } from './session/phase.ts';
export type { RoomEvent, Told } from './session/room-events.ts';
export type { Content, Entry, Joined, Limits, Member, Page, Refusal, RefusalCode } from './wire/protocol.ts';

export interface ConnectOptions {
  /** Where the server is; by default where the page comes from. */
  readonly server?: string | URL;
  /** Another world than the browser's. */
  readonly environment?: Environment;
  /** Ends the session, without leaving its rooms: the server keeps the names for a while. */
  readonly signal?: AbortSignal;
}

/** The server does not take one in. */
export class JoinError extends Error {
  readonly refusal: Refusal;
  /** Free names close to the one refused. */
  readonly suggestions: readonly string[];

  constructor(refusal: Refusal, suggestions: readonly string[]) {
    super(refusal.text);
    this.name = 'JoinError';
    this.refusal = refusal;
    this.suggestions = suggestions;
  }
}

/** `refused`: never to be committed. `unanswered`: it may still be, and is sent again when the connection is back. */
export class SendError extends Error {
  readonly kind: 'refused' | 'unanswered';

  constructor(kind: 'refused' | 'unanswered', text: string) {
    super(text);
    this.name = 'SendError';
    this.kind = kind;
  }
}

/** Connects at once, and again whenever the connection is lost. */
export function connect(options: ConnectOptions = {}): Client {
  return new Client(options);
}

export class Client {
  readonly #env: Environment;
  readonly #session: Session;
  readonly #over: AbortController;
  readonly #listeners = new Set<(status: Status) => void>();
  #status: Status = { kind: 'connecting' };

  constructor({ server, environment, signal }: ConnectOptions) {
    this.#env = environment ?? browserEnvironment(...(server === undefined ? [] : [new URL(server)]));
    this.#over = new AbortController();
    const nothing = (): void => undefined;
    const listener = { status: (status: Status) => this.#tell(status), discovered: nothing, welcome: nothing };
    this.#session = new Session(this.#env, listener, this.#over.signal);
    signal?.addEventListener('abort', () => this.#over.abort(), { once: true });
    this.#session.start();
  }

  get status(): Status {
    return this.#status;
  }

  /** Hears every change until the signal. */
  onStatus(listener: (status: Status) => void, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /** Resolves when one is in. `listen` hears all that happens in the room, from the first moment on. */
  join(room: string, nick: string, listen: (event: RoomEvent) => void, signal?: AbortSignal): Promise<Room> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const joined = new Room(this.#env, this.#session, { room, nick }, (event) => {
        if (event.kind === 'joined') {
          resolve(joined);
        } else if (event.kind === 'expelled') {
          reject(new JoinError(event.refusal, event.suggestions));
        }
        listen(event);
      });
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      // Leaving never fails, and nobody waits for it here.
      signal?.addEventListener('abort', () => void joined.leave(), { once: true });
    });
  }

  /** Tries to connect at once instead of waiting. */
  reconnect(): void {
    this.#session.start();
  }

  /** Ends the session for good: every name is free at once. */
  close(): void {
    this.#session.farewell(false);
    this.#over.abort();
  }

  #tell(status: Status): void {
    this.#status = status;
    for (const listener of this.#listeners) {
      listener(status);
    }
  }
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Room {
  readonly #env: Environment;
  readonly #member: Membership;
  readonly #listen: (event: RoomEvent) => void;
  readonly #waiting = new Map<string, Waiting>();
  #left: () => void = () => undefined;

  constructor(
    env: Environment,
    session: Session,
    names: { room: string; nick: string },
    listen: (event: RoomEvent) => void,
  ) {
    this.#env = env;
    this.#listen = listen;
    this.#member = session.join(names.room, names.nick, (event) => this.#hear(event));
  }

  /** Resolves when the message is committed; rejects with a SendError. A signal takes back what is not yet on its way. */
  send(content: string | Content, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const value: Content = typeof content === 'string' ? { kind: 'Text', body: content } : content;
      const id = this.#member.send(value, this.#env.now());
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => this.#takeBack(id, signal.reason), { once: true });
    });
  }

  /** Asks for entries before this sequence number; they come as a `history` event. */
  older(before: number): void {
    this.#member.older(before);
  }

  typing(): void {
    this.#member.typing();
  }

  /** Resolves when one is out. */
  leave(): Promise<void> {
    return new Promise((resolve) => {
      this.#left = resolve;
      this.#member.leave();
    });
  }

  #takeBack(id: string, reason: unknown): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      this.#waiting.delete(id);
      this.#member.discard(id);
      waiting.reject(reason);
    }
  }

  #hear(event: RoomEvent): void {
    if (event.kind === 'settled') {
      this.#settle(event.id, (waiting) => waiting.resolve());
    } else if (event.kind === 'refused') {
      this.#settle(event.id, (waiting) => waiting.reject(new SendError('refused', event.text)));
    } else if (event.kind === 'failed') {
      this.#settle(event.id, (waiting) => waiting.reject(new SendError('unanswered', event.text)));
    } else if (event.kind === 'left') {
      this.#left();
    }
    this.#listen(event);
  }

  #settle(id: string, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) {
      how(waiting);
    }
  }
}
