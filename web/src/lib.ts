// The client without a user interface, for programs and other interfaces.
//
//   const client = connect({ server: 'https://chat.example.org' });
//   const room = await client.join('lobby', 'ann', (event) => { ... });
//   await room.send('hello'); // resolves when the message is committed

import { browserEnvironment } from './session/browser.ts';
import type { Environment } from './session/environment.ts';
import { join, type Membership } from './session/membership.ts';
import type { Move } from './session/moves.ts';
import type { Status } from './session/phase.ts';
import { KEY_BYTES, privatePlace, publicPlace } from './session/place.ts';
import type { RoomEvent } from './session/room-events.ts';
import { Session } from './session/session.ts';
import type { Lodging } from './session/slot.ts';
import type { Content, Range, Refusal, RoomCard } from './wire/protocol.ts';

export type { Environment } from './session/environment.ts';
export type { Move } from './session/moves.ts';
export type { Status } from './session/phase.ts';
export type { RoomEvent, Told } from './session/room-events.ts';
export type {
  Content,
  Entry,
  Joined,
  Limits,
  Member,
  MoveReason,
  Page,
  Range,
  Reaction,
  Refusal,
  RefusalCode,
  RoomCard,
} from './wire/protocol.ts';

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

/** A room that nobody finds: whoever has its key, and nobody else, is let in. */
export interface PrivateRoom {
  /** 32 bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** What it is called; of a room that is there already, the name it has stays. */
  readonly name: string;
}

/** The key of a private room that is not there yet. */
export function newRoomKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** What a search is limited to; times are milliseconds since 1970. */
export interface SearchLimits {
  /** A name. */
  readonly from?: string;
  readonly after?: number;
  readonly before?: number;
  /** Only entries with a smaller sequence number. */
  readonly below?: number;
  readonly limit?: number;
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
  readonly #moveListeners = new Set<(move: Move) => void>();
  #status: Status = { kind: 'connecting' };
  #moves: readonly Move[] = [];

  constructor({ server, environment, signal }: ConnectOptions) {
    this.#env = environment ?? browserEnvironment(...(server === undefined ? [] : [new URL(server)]));
    this.#over = new AbortController();
    const nothing = (): void => undefined;
    const listener = {
      status: (status: Status) => this.#tell(status),
      discovered: nothing,
      welcome: nothing,
      moved: (moves: readonly Move[]) => this.#moved(moves),
      measured: nothing,
    };
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

  /** The last changes of connection and what caused them, the oldest first. */
  get moves(): readonly Move[] {
    return this.#moves;
  }

  /** Hears every change of connection until the signal. */
  onMove(listener: (move: Move) => void, signal?: AbortSignal): void {
    this.#moveListeners.add(listener);
    signal?.addEventListener('abort', () => this.#moveListeners.delete(listener), { once: true });
  }

  /**
   * Resolves when one is in. `room`: the name of a public one, or the key of a private one and what it is called. `listen`
   * hears all that happens in the room, from the first moment on.
   */
  async join(
    room: string | PrivateRoom,
    nick: string,
    listen: (event: RoomEvent) => void,
    signal?: AbortSignal,
  ): Promise<Room> {
    signal?.throwIfAborted();
    const place = typeof room === 'string' ? publicPlace(room) : privatePlace(room.key, room.name);
    const lodging = { place, nick, direct: null, since: this.#env.now() };
    await this.#session.prepare(lodging);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const joined = new Room(this.#env, this.#session, lodging, (event) => {
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

  /** Public rooms that have members and whose name holds this, most members first; null if the server does not say. */
  rooms(like = ''): Promise<readonly RoomCard[] | null> {
    return this.#session.rooms(like);
  }

  /** Says in all rooms that one is away, or back. */
  setAway(away: boolean): void {
    this.#session.setAway(away);
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

  #moved(moves: readonly Move[]): void {
    this.#moves = moves;
    for (const listener of this.#moveListeners) {
      for (const move of moves.slice(-1)) {
        listener(move);
      }
    }
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

  constructor(env: Environment, session: Session, lodging: Lodging, listen: (event: RoomEvent) => void) {
    this.#env = env;
    this.#listen = listen;
    this.#member = join(session, lodging, (event) => this.#hear(event));
  }

  /** Resolves when the message is committed; rejects with a SendError. A signal takes back what is not yet on its way. */
  send(content: string | Content, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const value: Content = typeof content === 'string' ? { kind: 'Text', body: content, reply: null } : content;
      const id = this.#member.send(value, this.#env.now());
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => this.#takeBack(id, signal.reason), { once: true });
    });
  }

  /** Answers the message with this sequence number. */
  reply(to: number, body: string): Promise<void> {
    return this.send({ kind: 'Text', body, reply: to });
  }

  /** Puts another text in the place of one's own. */
  edit(of: number, body: string): Promise<void> {
    return this.send({ kind: 'Edit', of, body });
  }

  /** Takes one's own message away for everybody. */
  delete(of: number): Promise<void> {
    return this.send({ kind: 'Delete', of });
  }

  react(of: number, emoji: string, on = true): Promise<void> {
    return this.send({ kind: 'React', of, emoji, on });
  }

  setTopic(text: string): Promise<void> {
    return this.send({ kind: 'Topic', text });
  }

  /** Asks for a page of the log; it comes as a `history` event with the number returned, or as `unanswered`. */
  history(range: Range, limit = 100): number {
    return this.#member.ask({ kind: 'History', range, limit });
  }

  /** Asks for single entries, at most 32; they come as a `looked` event with the number returned. */
  look(seqs: readonly number[]): number {
    return this.#member.ask({ kind: 'Look', seqs });
  }

  /** Searches the room, the newest first; the hits come as a `found` event with the number returned. */
  search(text: string, { from, after, before, below, limit }: SearchLimits = {}): number {
    const when = { from: from ?? null, after: after ?? null, before: before ?? null };
    return this.#member.ask({
      ...{ kind: 'Search', text, ...when },
      ...{ below: below ?? Number.MAX_SAFE_INTEGER, limit: limit ?? 50 },
    });
  }

  /** Lets a member of this room into a private one; see `newRoomKey`. */
  invite(to: number, { key, name }: PrivateRoom): void {
    this.#member.invite(to, privatePlace(key, name));
  }

  /** Asks to be called so here: `renamed` or `notRenamed` tells what comes of it. */
  rename(nick: string): void {
    this.#member.rename(nick);
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
      this.#member.discard(event.id); // the event holds the text
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
