// One slot of the shelf: who one session is, and what it has said in its rooms that is not settled. Only the page that
// holds its claim reads or writes it. Three kinds of rows, so that a message costs one small row:
//
//   <slot>/                  the pair of tokens, and when it was last written
//   <slot>/<room>/           the room and what opens it, the name in it, and what the numbers were drawn for
//   <slot>/<room>/<order>    a message

import type { Environment, Row, Shelf } from './environment.ts';
import { hex, unhex } from './hex.ts';
import { Keeper } from './keeper.ts';
import { NO_ORIGIN, type Origin } from './origin.ts';
import type { SavedItem } from './outbox.ts';
import { folded, KEY_BYTES, type Place, privatePlace, publicPlace } from './place.ts';
import type { SavedChanges, SavedRoom } from './room-events.ts';

/** Tokens in hexadecimal digits; see identity.ts. */
export interface Pair {
  readonly token: string | null;
  readonly next: string | null;
}

/** Messages that wait for somebody to open the room they were written for. */
export interface Unsent {
  readonly place: Place;
  readonly nick: string;
  readonly count: number;
}

/** Whom a room of two is shared with, and the room in which they met, by its identity. */
export interface Direct {
  readonly nick: string;
  readonly via: string;
}

/** A room that one is in, or was, and the name in it, as they were written. */
export interface Lodging {
  readonly place: Place;
  readonly nick: string;
  /** Null unless it is a room of two. */
  readonly direct: Direct | null;
  /** When one came, in milliseconds since 1970. */
  readonly since: number;
}

interface Head extends Origin, Omit<Lodging, 'place'> {
  readonly room: string;
  /** In hexadecimal digits. */
  readonly key: string | null;
  /** One is to be there again after a reload. */
  readonly inside: boolean;
}

const NOBODY: Pair = { token: null, next: null };
/** Digits of an order: more messages than anybody writes in a life. */
const ORDER_DIGITS = 10;

type SavedRoomChanges = SavedChanges['items'];

export class Slot {
  readonly id: string;
  readonly #env: Environment;
  readonly #keeper: Keeper;
  /** What is on the shelf, or on its way there. */
  readonly #rows: Map<string, unknown>;

  constructor(env: Environment, shelf: Shelf, id: string, rows: readonly Row[]) {
    this.id = id;
    this.#env = env;
    this.#keeper = new Keeper(env, shelf);
    this.#rows = new Map(rows);
  }

  get pair(): Pair {
    const { token, next } = fields<Pair>(this.#rows.get(this.#key()));
    return { token: token ?? null, next: next ?? null };
  }

  set pair(pair: Pair) {
    this.#put(this.#key(), { ...pair, at: this.#env.now() });
  }

  forgetPair(): void {
    if (this.#rows.has(this.#key())) {
      this.pair = NOBODY;
    }
  }

  /** When somebody last spoke for it, in milliseconds since 1970. */
  get at(): number {
    return fields<{ at: number }>(this.#rows.get(this.#key())).at ?? 0;
  }

  /** Whether it has been in this room under this name. */
  knows(id: string, nick: string): boolean {
    const head = this.#head(id);
    return head !== null && folded(head.nick) === folded(nick);
  }

  /** The rooms one is in, in the order of coming. */
  lodgings(): Lodging[] {
    const inside = [...this.#rows.values()].filter(isHead).filter((head) => head.inside);
    return inside.map((head) => ({ ...head, place: placeOf(head) })).sort((a, b) => a.since - b.since);
  }

  /** Whether it has something to say in this room under this name. */
  speaksAs(id: string, nick: string): boolean {
    return this.knows(id, nick) && this.unsent().some(({ place }) => place.id === id);
  }

  /** Whether what it has to say in this room was written under another name. */
  speaksOtherwise(id: string, nick: string): boolean {
    return !this.knows(id, nick) && this.unsent().some(({ place }) => place.id === id);
  }

  room(id: string): SavedRoom {
    const { seat, epoch } = this.#head(id) ?? NO_ORIGIN;
    const prefix = this.#key(id);
    const items = [...this.#rows].filter(([key, item]) => key.startsWith(prefix) && isItem(key, item)).sort(byKey);
    return { seat, epoch, items: items.map(([, item]) => item as SavedItem) };
  }

  save({ place, nick, direct, since }: Lodging, { seat, epoch }: Origin, changes: SavedRoomChanges): void {
    const key = place.key === null ? null : hex(place.key);
    const head: Head = { room: place.name, key, nick, direct, since, seat, epoch, inside: true };
    if (JSON.stringify(this.#head(place.id)) !== JSON.stringify(head)) {
      this.#put(this.#key(place.id), head);
    }
    for (const [order, item] of changes) {
      this.#put(this.#key(place.id, order), item);
    }
  }

  /** See Keeper. */
  kept(how: 'quick' | 'safe' = 'safe'): Promise<boolean> {
    return this.#keeper.kept(how);
  }

  /** What its writer still counts on. */
  unsent(): Unsent[] {
    return [...this.#rows.values()].filter(isHead).flatMap((head) => {
      const place = placeOf(head);
      const count = this.room(place.id).items.filter((item) => !item.discarded).length;
      return count === 0 ? [] : [{ place, nick: head.nick, count }];
    });
  }

  rename(id: string, nick: string): void {
    const head = this.#head(id);
    if (head !== null) {
      this.#put(this.#key(id), { ...head, nick } satisfies Head);
    }
  }

  /** One is not there any more, but what is unsent waits. */
  leaveRoom(id: string): void {
    const head = this.#head(id);
    if (head?.inside) {
      this.#put(this.#key(id), { ...head, inside: false } satisfies Head);
    }
  }

  dropRoom(id: string): void {
    const prefix = this.#key(id);
    for (const key of [...this.#rows.keys()].filter((key) => key.startsWith(prefix))) {
      this.#put(key, null);
    }
  }

  /** Drops what is settled: every room without unsent messages, and all of it if there is no other. */
  tidy(): void {
    const needed = new Set(this.unsent().map(({ place }) => place.id));
    for (const { id } of [...this.#rows.values()].filter(isHead).map(placeOf)) {
      if (needed.has(id)) {
        this.leaveRoom(id);
      } else {
        this.dropRoom(id);
      }
    }
    if (needed.size === 0) {
      this.#put(this.#key(), null);
    }
  }

  #head(id: string): Head | null {
    const head = this.#rows.get(this.#key(id));
    return isHead(head) ? head : null;
  }

  #put(key: string, value: unknown): void {
    if (value !== null) {
      this.#rows.set(key, value);
    } else if (!this.#rows.delete(key)) {
      return;
    }
    this.#keeper.put(key, value);
  }

  #key(id?: string, order?: number): string {
    const inRoom = id === undefined ? '' : `${encodeURIComponent(id)}/`;
    return `${this.id}/${inRoom}${order === undefined ? '' : String(order).padStart(ORDER_DIGITS, '0')}`;
  }
}

/** The slots that these rows belong to. */
export function slotsIn(env: Environment, shelf: Shelf, rows: readonly Row[]): Slot[] {
  const byId = new Map<string, Row[]>();
  for (const row of rows) {
    const [id = ''] = row[0].split('/');
    byId.set(id, [...(byId.get(id) ?? []), row]);
  }
  return [...byId].map(([id, own]) => new Slot(env, shelf, id, own));
}

function placeOf({ room, key }: Head): Place {
  const bytes = key === null ? null : unhex(key, KEY_BYTES);
  return bytes === null ? publicPlace(room) : privatePlace(bytes, room);
}

function byKey([a]: Row, [b]: Row): number {
  return a < b ? -1 : 1;
}

// Rows are written by this very code, though perhaps by an earlier version of it: what is not of the right shape is as
// good as not there.

function fields<T>(value: unknown): Partial<T> {
  return typeof value === 'object' && value !== null ? (value as Partial<T>) : {};
}

function isHead(value: unknown): value is Head {
  const { room, nick } = fields<Head>(value);
  return typeof room === 'string' && typeof nick === 'string';
}

function isItem(key: string, value: unknown): boolean {
  const { id, content } = fields<SavedItem>(value);
  return !key.endsWith('/') && typeof id === 'string' && content !== undefined;
}
