// What was last seen of each room, open or not, kept on this device, so that the room opens without a network. It is
// written some time after a change, as a whole, and at once when something is edited or deleted. Nobody waits for it, and
// nothing but an opening without a network depends on it.

import type { Environment } from '../session/environment.ts';
import { folded } from '../session/place.ts';
import type { RoomEvent } from '../session/room-events.ts';
import type { Stay } from './stay.ts';
import type { Message } from './types.ts';

/** As much as one scrolls back through before it matters that the rest is missing. */
export const KEPT = 200;
/** What comes sooner goes together. */
const WRITE_MS = 2_000;
/** What somebody took back is not kept longer than it takes to hear of several at once. */
const TAKEN_BACK_MS = 100;
const SHAPE = 1;

export interface KeptRoom {
  readonly shape: typeof SHAPE;
  /** When it was so, in milliseconds since 1970 by the server's clock. */
  readonly at: number;
  readonly nick: string;
  readonly you: number;
  readonly epoch: number;
  readonly topic: string;
  readonly head: number;
  readonly messages: readonly Message[];
}

export class RoomShelf {
  readonly #env: Environment;
  readonly #changed = new Set<Stay>();
  /** What each room's row holds, as far as this page has written it. */
  readonly #written = new WeakMap<Stay, readonly Message[]>();
  /** When it is written next, and what calls that off. */
  #next: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** After the stay has heard this. */
  note(stay: Stay, event: RoomEvent): void {
    if (this.#env.attic === null || !changes(event)) {
      return;
    }
    this.#changed.add(stay);
    const ms = takesBack(event) ? TAKEN_BACK_MS : WRITE_MS;
    const at = this.#env.now() + ms;
    if (this.#next === null || at < this.#next.at) {
      this.#next?.cancel();
      this.#next = { at, cancel: this.#env.after(ms, () => void this.#write()) };
    }
  }

  /** What was kept of this room for whoever has this name in it. Never rejects. */
  async find(id: string, nick: string): Promise<KeptRoom | null> {
    try {
      const rows = (await this.#env.attic?.rows(id)) ?? [];
      const kept = rows.find(([key]) => key === id)?.[1];
      return isKept(kept) && folded(kept.nick) === folded(nick) ? kept : null;
    } catch {
      return null;
    }
  }

  forget(stay: Stay): void {
    this.#changed.delete(stay);
    // It is not read again unless somebody comes back, and then it is as good as any.
    void this.#env.attic?.write(new Map([[stay.id, null]]), 'quick').catch(() => undefined);
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    this.#next = null;
    const rows = new Map<string, unknown>();
    const later: Stay[] = [];
    for (const stay of this.#changed) {
      const kept = stay.joined ? stay.view.kept(this.#env.now()) : null;
      if (kept === null) {
        later.push(stay); // with the next change
      } else if (!same(this.#written.get(stay), kept.messages)) {
        this.#written.set(stay, kept.messages);
        rows.set(stay.id, { ...kept, shape: SHAPE } satisfies KeptRoom);
      }
    }
    this.#changed.clear();
    for (const stay of later.filter(({ isOver }) => !isOver)) {
      this.#changed.add(stay);
    }
    if (rows.size > 0) {
      await this.#env.attic?.write(rows, 'quick').catch(() => undefined);
    }
  }
}

function changes({ kind }: RoomEvent): boolean {
  return kind === 'joined' || kind === 'entry' || kind === 'renamed';
}

function takesBack(event: RoomEvent): boolean {
  const kind = event.kind === 'entry' ? event.told.entry.content.kind : null;
  return kind === 'Delete' || kind === 'Edit';
}

/** Messages are never changed, only replaced. */
function same(before: readonly Message[] | undefined, now: readonly Message[]): boolean {
  return before?.length === now.length && before.every((message, n) => message === now[n]);
}

/** Written by this very code, though perhaps by an earlier version of it. */
function isKept(value: unknown): value is KeptRoom {
  const { shape, nick, messages } = (value ?? {}) as Partial<KeptRoom>;
  return shape === SHAPE && typeof nick === 'string' && Array.isArray(messages);
}
