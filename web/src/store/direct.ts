// Direct messages: private rooms of two. Whoever begins draws the key and lets the other one in by an invitation, which is
// said again whenever the other may have missed it; whoever is invited joins without being asked. Should both have begun, the
// one in which nothing was said yet gives way.

import type { Environment } from '../session/environment.ts';
import { folded, KEY_BYTES, privatePlace } from '../session/place.ts';
import type { RoomEvent } from '../session/room-events.ts';
import type { Lodging } from '../session/slot.ts';
import type { Stay } from './stay.ts';
import type { Member } from './types.ts';

/** Names are at most 32 long, and a room's at most 64, without anything between two of them. */
const NAME_PART = 30;
/** Rooms that strangers may open here by inviting; the server allows only so many rooms in all. */
const MAX_UNASKED = 16;

export interface DirectHost {
  readonly stays: ReadonlyMap<string, Stay>;
  isIgnored(nick: string): boolean;
  /** Joins without opening the room. */
  enterSilently(lodging: Lodging): void;
  /** The first one is gone; whoever looked at it looks at the second. */
  replace(gone: Stay, by: Stay): void;
}

export class Directs {
  readonly #env: Environment;
  readonly #host: DirectHost;

  constructor(env: Environment, host: DirectHost) {
    this.#env = env;
    this.#host = host;
  }

  /** The room of the two, if there is one. */
  with(nick: string): Stay | undefined {
    const [first] = this.#all(nick).sort((a, b) => Number(isUnused(a)) - Number(isUnused(b)) || (a.id < b.id ? -1 : 1));
    return first;
  }

  /** A room of two with this member of that room. */
  draw(via: Stay, { nick }: Member): Lodging {
    const key = this.#env.randomBytes(KEY_BYTES);
    const own = via.view.nick;
    const place = privatePlace(key, `${shortened(own)} · ${shortened(nick)}`);
    return { place, nick: own, direct: { nick, via: via.id }, since: this.#env.now() };
  }

  /** Something was said to one in that room, or happened there. */
  hear(stay: Stay, event: RoomEvent): void {
    switch (event.kind) {
      case 'invited':
        return this.#invited(stay, event);
      case 'members':
        return this.#inviteMissing((direct) => direct === stay || direct.lodging.direct?.via === stay.id);
      case 'presence':
        if (event.change.kind === 'Joined') {
          const { nick } = event.change.member;
          this.#inviteMissing(({ lodging }) => lodging.direct?.via === stay.id && isWith(lodging, nick));
        }
        return;
      case 'written':
        return this.#inviteMissing((direct) => direct === stay);
      case 'joined':
        return this.#makeOne(stay);
      default:
        return; // nothing that changes who is where
    }
  }

  #invited(via: Stay, { from, key, name }: Extract<RoomEvent, { kind: 'invited' }>): void {
    const place = privatePlace(key, name);
    const unasked = [...this.#host.stays.values()].filter(({ lodging }) => lodging.direct !== null).length;
    if (this.#host.stays.has(place.id) || this.#host.isIgnored(from.nick) || unasked >= MAX_UNASKED) {
      return;
    }
    const direct = { nick: from.nick, via: via.id };
    this.#host.enterSilently({ place, nick: via.view.nick, direct, since: this.#env.now() });
  }

  /** The other one has begun, too: where one is alone and nothing was said is not needed any more. */
  #makeOne({ lodging: { direct } }: Stay): void {
    const rooms = direct === null ? [] : this.#all(direct.nick).filter(({ joined }) => joined);
    const used = rooms.find((room) => !isUnused(room));
    if (used !== undefined) {
      for (const room of rooms.filter(isUnused)) {
        this.#host.replace(room, used);
      }
    }
  }

  #all(nick: string): Stay[] {
    return [...this.#host.stays.values()].filter(({ lodging }) => isWith(lodging, nick));
  }

  /** Lets those in who are in the common room and not in the one of the two. */
  #inviteMissing(concerns: (direct: Stay) => boolean): void {
    for (const stay of this.#host.stays.values()) {
      const { direct } = stay.lodging;
      const via = direct === null ? undefined : this.#host.stays.get(direct.via);
      if (direct !== null && via?.joined && stay.joined && concerns(stay)) {
        const here = stay.view.members.some(({ nick }) => folded(nick) === folded(direct.nick));
        const there = via.view.members.find(({ nick }) => folded(nick) === folded(direct.nick));
        if (!here && there !== undefined) {
          via.invite(there.id, stay.lodging);
        }
      }
    }
  }
}

/** One is alone there, and nothing was or is being said. */
function isUnused({ view, hasUnsent }: Stay): boolean {
  return view.head === 0 && view.members.length <= 1 && !hasUnsent;
}

function isWith({ direct }: Lodging, nick: string): boolean {
  return direct !== null && folded(direct.nick) === folded(nick);
}

function shortened(nick: string): string {
  const parts = [...new Intl.Segmenter().segment(nick)];
  return parts
    .slice(0, NAME_PART)
    .map(({ segment }) => segment)
    .join('');
}
