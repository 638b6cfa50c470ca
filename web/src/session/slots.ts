// Which slot of the shelf this page speaks for. Invariant: no two pages of a device speak for one slot, because a page
// holds its slot's claim for as long as it lives; and a message never leaves the slot, the room and the name it was
// written for.
//
// A reload finds its slot by the id that the tab keeps. A duplicated tab has that id, too, but finds the claim held, and
// takes a new slot. What a crash, a closed tab or a deliberate leave has left unsent waits in its slot, with the session
// that numbered it, however long: until somebody opens its room under its name, or deletes it.

import type { Claims, Environment, Keep, Row, Shared, Shelf } from './environment.ts';
import { hex } from './hex.ts';
import { inTime } from './keeper.ts';
import { folded } from './place.ts';
import { type Lodging, Slot, slotsIn, type Unsent } from './slot.ts';

const KEY = 'chinwag.slot';
const ID_BYTES = 8;
/** A reloading page may come before the claim of the page it replaces is free. */
const RELOAD_MS = 500;
/** A shelf that cannot be read within this is none: some browsers hang rather than fail. */
const OPEN_MS = 3_000;
/** A slot without unsent messages brings back the rooms one was in, for as long as the server remembers its session. */
const IDLE_MS = 30 * 24 * 60 * 60_000;

export class Slots {
  readonly #env: Environment;
  #shared: Shared;
  #slot: Slot | null = null;
  /** The last one left behind is on the shelf, and free. */
  #left: Promise<void> = Promise.resolve();
  readonly #ready: Promise<void>;

  constructor(env: Environment, signal: AbortSignal) {
    this.#env = env;
    this.#shared = env.shared ?? within(env.tab);
    this.#ready = this.#open(env.tab.get(KEY)).catch(() => {
      this.#shared = within(env.tab);
      return this.#open(env.tab.get(KEY));
    });
    signal.addEventListener('abort', () => void this.#end(), { once: true }); // never rejects
  }

  /** The slot that this page speaks for. */
  async current(): Promise<Slot> {
    await this.#ready;
    return this.opened;
  }

  /** Not before `current` has resolved once. */
  get opened(): Slot {
    if (this.#slot === null) {
      throw new Error('a slot is opened before it is used');
    }
    return this.#slot;
  }

  /** `room` is its identity. Whether joining it under this name goes on from another slot than the present one. */
  async find(room: string, nick: string): Promise<Slot | null> {
    const own = await this.current();
    if (own.knows(room, nick)) {
      return null;
    }
    const found = (await this.#orphans().catch(() => [])).filter((slot) => slot.knows(room, nick));
    const most = found.sort((a, b) => b.unsent().length - a.unsent().length || b.at - a.at);
    for (const { id } of most) {
      const claimed = await this.#claim(id).catch(() => null);
      if (claimed?.knows(room, nick)) {
        return claimed;
      }
      this.#shared.claims.letGo(id);
    }
    return own.speaksOtherwise(room, nick) ? this.#fresh() : null;
  }

  /** Goes on as this one, which `find` has found; what the present one has not sent waits in its place. */
  turnTo(slot: Slot): void {
    this.#leaveBehind(this.opened);
    this.#take(slot);
  }

  /** Goes on as nobody. */
  part(): void {
    if (this.#slot === null) {
      void this.#ready.then(() => this.part()); // never rejects
    } else {
      this.turnTo(this.#fresh());
    }
  }

  /** The server does not know this session any more; what is unsent goes on in the next one. */
  forgetPair(): void {
    this.#slot?.forgetPair();
  }

  /** What waits on this device, without what this page has in the rooms that it is in, by their identities. */
  async unsent(inside: readonly string[]): Promise<Unsent[]> {
    const own = await this.current();
    await this.#left;
    const orphans = await this.#orphans().catch(() => []);
    await this.#clear(orphans);
    const mine = own.unsent().filter(({ place }) => !inside.includes(place.id));
    return summed([...mine, ...orphans.flatMap((slot) => slot.unsent())]);
  }

  /** The rooms that other pages of this device are in. Never rejects. */
  async siblings(): Promise<Lodging[]> {
    const own = await this.current();
    const { shelf, claims } = this.#shared;
    try {
      const [held, rows] = [await claims.held(), await shelf.rows('')]; // nobody waits for it
      const others = slotsIn(this.#env, shelf, rows).filter(({ id }) => id !== own.id && held.has(id));
      return others.flatMap((slot) => slot.lodgings());
    } catch {
      return [];
    }
  }

  /** Deletes what waits for this room under this name. */
  async discard(room: string, nick: string): Promise<void> {
    const own = await this.current();
    const orphans = await this.#orphans().catch(() => []);
    for (const { id } of orphans.filter((slot) => slot.knows(room, nick))) {
      const slot = await this.#claim(id);
      if (slot !== null) {
        slot.dropRoom(room);
        this.#leaveBehind(slot);
      }
    }
    if (own.knows(room, nick)) {
      own.dropRoom(room);
      await own.kept();
    }
  }

  /** What waits in this room under one name goes on under another: one is called so now. Never rejects. */
  async rename(room: string, from: string, to: string): Promise<void> {
    const waiting = (await this.#orphans().catch(() => [])).filter((slot) => slot.speaksAs(room, from));
    for (const { id } of waiting) {
      const slot = await this.#claim(id).catch(() => null);
      if (slot !== null) {
        slot.rename(room, to);
        await slot.kept();
        this.#shared.claims.letGo(id);
      }
    }
  }

  async #open(remembered: string | null): Promise<void> {
    const { shelf, claims } = this.#shared;
    await inTime(this.#env, OPEN_MS, shelf.rows('\u0000')); // finds nothing: only to see whether it can be read
    if (remembered !== null && (await claims.hold(remembered, RELOAD_MS))) {
      this.#take(await this.#read(remembered));
    } else {
      this.#take(this.#fresh());
    }
  }

  #fresh(): Slot {
    const id = hex(this.#env.randomBytes(ID_BYTES));
    void this.#shared.claims.hold(id, 0).catch(() => false); // nobody else knows it
    return new Slot(this.#env, this.#shared.shelf, id, []);
  }

  #take(slot: Slot): void {
    this.#slot = slot;
    this.#env.tab.set(KEY, slot.id);
  }

  #leaveBehind(slot: Slot): void {
    slot.tidy();
    this.#left = slot.kept().then(() => this.#shared.claims.letGo(slot.id)); // never rejects
  }

  async #end(): Promise<void> {
    await this.#ready.catch(() => undefined);
    await this.#slot?.kept();
    this.#shared.claims.letGo(this.#slot?.id ?? '');
  }

  /** Read under its claim, because another page may just have been there. */
  async #claim(id: string): Promise<Slot | null> {
    const held = await this.#shared.claims.hold(id, 0).catch(() => false);
    return held ? this.#read(id) : null;
  }

  async #read(id: string): Promise<Slot> {
    const { shelf } = this.#shared;
    return new Slot(this.#env, shelf, id, await inTime(this.#env, OPEN_MS, shelf.rows(`${id}/`)));
  }

  /** Slots that no page speaks for, as far as can be seen without holding them. */
  async #orphans(): Promise<Slot[]> {
    const { shelf, claims } = this.#shared;
    const rows = await inTime(this.#env, OPEN_MS, shelf.rows(''));
    const held = await claims.held();
    return slotsIn(this.#env, shelf, rows).filter(({ id }) => id !== this.#slot?.id && !held.has(id));
  }

  async #clear(orphans: readonly Slot[]): Promise<void> {
    const before = this.#env.now() - IDLE_MS;
    for (const { id } of orphans.filter((slot) => slot.unsent().length === 0 && slot.at < before)) {
      const slot = await this.#claim(id).catch(() => null);
      if (slot !== null) {
        this.#leaveBehind(slot); // with nothing unsent nothing stays
      }
    }
  }
}

function summed(all: readonly Unsent[]): Unsent[] {
  const sums = new Map<string, Unsent>();
  for (const unsent of all) {
    const key = JSON.stringify([unsent.place.id, folded(unsent.nick)]);
    sums.set(key, { ...unsent, count: unsent.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}

// --- where pages share nothing: what the tab keeps, which ends with the tab ---

const PREFIX = 'chinwag.kept.';

function within(tab: Keep): Shared {
  return { shelf: new TabShelf(tab), claims: NO_CLAIMS };
}

class TabShelf implements Shelf {
  readonly #tab: Keep;

  constructor(tab: Keep) {
    this.#tab = tab;
  }

  rows(prefix: string): Promise<readonly Row[]> {
    const keys = this.#tab.keys().filter((key) => key.startsWith(PREFIX + prefix));
    return Promise.resolve(keys.sort().map((key) => [key.slice(PREFIX.length), parsed(this.#tab.get(key))]));
  }

  write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    for (const [key, value] of changes) {
      this.#tab.set(PREFIX + key, value === null ? null : JSON.stringify(value));
    }
    return Promise.resolve();
  }
}

const NO_CLAIMS: Claims = {
  hold: () => Promise.resolve(true),
  letGo: () => undefined,
  held: () => Promise.resolve(new Set()),
};

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
