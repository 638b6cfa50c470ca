// How one comes into rooms: asked for at the join page or from another room, with the rooms one was in before a reload, and
// with those that one's other tabs are in.

import type { ReadonlySignal } from '@preact/signals';
import type { Environment } from '../session/environment.ts';
import { keepPersona } from '../session/persona.ts';
import { folded } from '../session/place.ts';
import type { Session } from '../session/session.ts';
import type { Lodging } from '../session/slot.ts';
import type { DeviceLink } from './device-link.ts';
import { missing } from './join-refusal.ts';
import { entered } from './restoring.ts';
import { furnishRooms, type Rooms } from './rooms.ts';
import { Siblings } from './siblings.ts';
import type { Stay } from './stay.ts';
import { placeOf } from './targets.ts';
import type { Connection, JoinResult, RoomTarget } from './types.ts';

interface Parts {
  readonly env: Environment;
  readonly session: Session;
  readonly rooms: Rooms;
  readonly connection: ReadonlySignal<Connection>;
}

export class Arrivals {
  readonly #parts: Parts;
  readonly #open: (id: string) => void;
  readonly #siblings: Siblings;

  /** `open`: one is in this room, and wants to see it. */
  constructor(parts: Parts, signal: AbortSignal, open: (id: string) => void) {
    this.#parts = parts;
    this.#open = open;
    this.#siblings = new Siblings(parts.env, signal, (lodging) => this.#followTo(lodging));
  }

  async join(target: RoomTarget, nick: string): Promise<JoinResult> {
    const refusal = missing(target.name, nick);
    if (refusal !== null) {
      return { ok: false, refusal };
    }
    return this.comeTo({ place: placeOf(target), nick, direct: null, since: this.#parts.env.now() });
  }

  /** As who has made this link on another device. */
  async takeOver({ personas, lodgings: [first, ...others] }: DeviceLink): Promise<JoinResult> {
    for (const persona of personas) {
      keepPersona(this.#parts.env, persona);
    }
    const result = await this.comeTo(first);
    if (result.ok) {
      this.enterAlso(others);
    }
    return result;
  }

  async comeTo(lodging: Lodging): Promise<JoinResult> {
    const there = this.#parts.rooms.stays.get(lodging.place.id);
    if (there !== undefined) {
      return this.again(there, lodging.nick);
    }
    await this.#prepare(lodging);
    return this.enter(lodging);
  }

  /** After one has come to the first room. */
  async enter(wanted: Lodging): Promise<JoinResult> {
    const { rooms, session, connection } = this.#parts;
    const before = rooms.stays.size === 0 ? session.lodgings() : [];
    const known = before.find(({ place }) => place.id === wanted.place.id);
    const lodging = { ...wanted, ...known, nick: wanted.nick };
    const result = await entered(rooms.enter(lodging), { rooms, id: wanted.place.id, connection });
    if (result.ok) {
      this.#open(wanted.place.id);
      this.#siblings.tell(lodging);
      this.enterAlso(before);
      void session.siblings().then((all) => all.map((other) => this.#followTo(other))); // never rejects
    }
    return result;
  }

  /** Into rooms that nobody waits for. */
  enterAlso(others: readonly Lodging[]): void {
    const { rooms, connection } = this.#parts;
    for (const other of others.filter(({ place }) => !rooms.stays.has(place.id))) {
      rooms.enterSilently(other);
      if (connection.value.kind !== 'live') {
        void rooms.restore(other.place.id); // never rejects
      }
    }
  }

  async again(stay: Stay, nick: string): Promise<JoinResult> {
    const asked = sameName(stay.joined ? stay.view.nick : stay.lodging.nick, nick);
    const result = await (stay.joined && !asked ? stay.rename(nick) : stay.admission);
    if (result.ok) {
      this.#open(stay.id);
    }
    return result;
  }

  /** Before the first room: what was left there by a crash or a reload goes on, the other rooms with it. */
  async #prepare(lodging: Lodging): Promise<void> {
    const { session, connection } = this.#parts;
    await Promise.all([furnishRooms(), session.prepare(lodging)]);
    if (connection.value.kind === 'closed') {
      session.start();
    }
  }

  /** Another tab is in this room: so is this one, if it speaks for the same person. */
  #followTo(lodging: Lodging): void {
    const stays = [...this.#parts.rooms.stays.values()];
    if (stays.some(({ view }) => view.isShown && sameName(view.nick, lodging.nick))) {
      this.enterAlso([lodging]);
    }
  }
}

function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}
