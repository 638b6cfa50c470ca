// The rooms one is in: which are there, which of them is open, and what is read in them.

import type { Environment } from '../session/environment.ts';
import type { RoomEvent } from '../session/room-events.ts';
import { type Sentence, sentenceIn } from '../session/sentence.ts';
import type { Session } from '../session/session.ts';
import type { Lodging } from '../session/slot.ts';
import type { Self } from './device-link.ts';
import { type DirectHost, Directs } from './direct.ts';
import type { Ignored } from './ignored.ts';
import { invitationTo } from './invitation.ts';
import { newsOf } from './news.ts';
import { ReadMarks } from './read-marks.ts';
import type { Outside } from './room-view.ts';
import { RoomShelf } from './shelf.ts';
import type { Stay, StayListener } from './stay.ts';
import type { JoinResult, News, Parting, Room, RoomCard } from './types.ts';

export interface RoomsListener {
  changed(): void;
  news(news: News): void;
  throttled(until: number, full: boolean): void;
  /** The only room one was in will not have one back. */
  expelled(why: Sentence): void;
  /** The second room stands for the first one, which is gone. */
  replaced(gone: string, by: string): void;
  /** A room has gone by itself; perhaps it was the last one. */
  parted(parting: Parting): void;
}

/** What a stay needs comes while one still writes one's name: the first screen is there without it. */
let furniture: typeof import('./stay.ts') | null = null;

/** To be awaited before the first room is entered. Rejects when it cannot be fetched. */
export async function furnishRooms(): Promise<void> {
  furniture ??= await import('./stay.ts');
}

export class Rooms implements DirectHost, StayListener {
  readonly directs: Directs;
  readonly #env: Environment;
  readonly #session: Session;
  readonly #ignored: Ignored;
  readonly #listener: RoomsListener;
  readonly #marks: ReadMarks;
  readonly #shelf: RoomShelf;
  readonly #stays = new Map<string, Stay>();
  /** Those that nobody waits for in front of a form: they are listed at once. */
  readonly #silent = new WeakSet<Stay>();
  #active: string | null = null;

  constructor(
    { env, session, ignored }: { readonly env: Environment; readonly session: Session; readonly ignored: Ignored },
    listener: RoomsListener,
    signal: AbortSignal,
  ) {
    this.#env = env;
    this.#session = session;
    this.#ignored = ignored;
    this.#listener = listener;
    this.#marks = new ReadMarks(env, signal, {
      moved: (room, { epoch, seq }) => this.#readElsewhere(room, epoch, seq),
      tell: (room, { seq }) => this.#stays.get(room)?.read(seq),
    });
    this.#shelf = new RoomShelf(env);
    this.directs = new Directs(env, this);
  }

  get stays(): ReadonlyMap<string, Stay> {
    return this.#stays;
  }

  get active(): Stay | null {
    return this.#stays.get(this.#active ?? '') ?? null;
  }

  room(): Room | null {
    const { active } = this;
    return active?.view.isShown ? active.view.snapshot(this.#env.now(), this.#invitation(active)) : null;
  }

  /** Who one is in all of them; the open one stands first. */
  selves(): Self[] {
    const { active } = this;
    const others = [...this.#stays.values()].filter((stay) => stay !== active && stay.joined);
    return [...(active === null ? [] : [active]), ...others].map(({ self }) => self);
  }

  cards(): RoomCard[] {
    const stays = [...this.#stays.values()].filter((stay) => stay.view.isShown || this.#silent.has(stay));
    return stays
      .sort((a, b) => a.lodging.since - b.lodging.since)
      .map((stay) => ({ ...stay.card(), invitation: this.#invitation(stay) }));
  }

  open(id: string | null): void {
    const stay = this.#stays.get(id ?? '');
    if (id === this.#active || (id !== null && stay === undefined)) {
      return;
    }
    for (const other of this.#stays.values()) {
      other.view.open = other === stay;
    }
    this.#active = id;
    if (stay?.joined && stay.isOver) {
      stay.enterAgain();
    }
    this.#listener.changed();
  }

  /** A stay that begins now; it goes by itself if it is refused. */
  enter(lodging: Lodging): Promise<JoinResult> {
    if (furniture === null) {
      throw new Error('a room is entered before what it needs is there');
    }
    const stay = new furniture.Stay({ env: this.#env, session: this.#session }, lodging, this);
    this.#stays.set(stay.id, stay);
    return stay.admission.then((result) => {
      if (!result.ok && this.#stays.get(stay.id) === stay) {
        const { name: room } = stay.card();
        const shown = stay.view.isShown || this.#silent.has(stay);
        stay.forget();
        this.#drop(stay);
        if (shown) {
          this.#listener.parted({ kind: 'refused', room, ...sentenceIn(result.refusal) });
        }
      }
      return result;
    });
  }

  enterSilently(lodging: Lodging): void {
    void this.enter(lodging); // never rejects; who is refused is not there
    const stay = this.#stays.get(lodging.place.id);
    if (stay !== undefined) {
      this.#silent.add(stay);
    }
    this.#listener.changed();
  }

  /** Goes from the room. */
  async leave(stay: Stay): Promise<void> {
    this.#drop(stay);
    this.#shelf.forget(stay);
    await stay.leave();
  }

  /** Not listed any more; if it was open, the one before it in the list opens, or the next. */
  #drop(stay: Stay): void {
    const cards = this.cards();
    const place = cards.findIndex(({ id }) => id === stay.id);
    const next = cards[place - 1] ?? cards[place + 1];
    this.#stays.delete(stay.id);
    if (this.#active === stay.id) {
      this.open(next?.id ?? null);
    }
    this.#listener.changed();
  }

  replace(gone: Stay, by: Stay): void {
    if (this.#active === gone.id) {
      this.open(by.id);
    }
    this.#listener.replaced(gone.id, by.id);
    void this.leave(gone); // never rejects
  }

  /** Without word of the server: shows what this device has kept of the room. True if there is something. */
  async restore(id: string): Promise<boolean> {
    const stay = this.#stays.get(id);
    const kept = stay === undefined || stay.joined ? null : await this.#shelf.find(id, stay.lodging.nick);
    if (stay === undefined || kept === null || stay !== this.#stays.get(id)) {
      return false;
    }
    stay.view.restore(kept);
    this.#listener.changed();
    return true;
  }

  markRead(stay: Stay, seq: number): void {
    if (stay.joined && stay.view.unread.read(Math.min(seq, stay.view.head))) {
      this.#marks.move(stay.id, { epoch: stay.view.epoch, seq: stay.view.unread.readUpTo });
      this.#listener.changed();
    }
  }

  // --- what stays tell ---

  outside(id: string): Outside {
    return { readUpTo: (epoch) => this.#marks.of(id, epoch), isIgnored: (nick) => this.isIgnored(nick) };
  }

  isIgnored(nick: string): boolean {
    return this.#ignored.has(nick);
  }

  heard(stay: Stay, event: RoomEvent): void {
    if (this.#stays.get(stay.id) === stay) {
      this.directs.hear(stay, event);
    }
    if (event.kind === 'joined' || event.kind === 'read') {
      this.#compareRead(stay, event.kind === 'joined' ? event.joined.read : event.seq);
    }
    this.#shelf.note(stay, event);
    for (const news of newsOf(stay, event)) {
      if (!this.isIgnored(news.nick)) {
        this.#listener.news(news);
      }
    }
    this.#listener.changed();
  }

  throttled(until: number, full: boolean): void {
    this.#listener.throttled(until, full);
  }

  expelled(stay: Stay, why: Sentence): void {
    if (this.#stays.size === 1) {
      this.#listener.expelled(why);
    } else {
      stay.view.timeline.line(why.text, this.#env.now(), { kind: 'notice', code: why.code });
    }
  }

  leftElsewhere(stay: Stay): void {
    if (this.#stays.get(stay.id) === stay) {
      const { name: room } = stay.card();
      this.#drop(stay);
      this.#shelf.forget(stay);
      stay.gone();
      if (stay.view.head === 0 && stay.lodging.direct !== null) {
        return; // another one stands for it, here as there
      }
      this.#listener.parted({ kind: 'elsewhere', room });
    }
  }

  /** `read`: up to where the server knows. Where one was for the first time everything is read, and stays so. */
  #compareRead(stay: Stay, read: number): void {
    const { epoch, unread } = stay.view;
    this.#marks.note(stay.id, { epoch, seq: unread.readUpTo });
    if (unread.readUpTo > read) {
      stay.read(unread.readUpTo);
    }
  }

  #readElsewhere(id: string, epoch: number, seq: number): void {
    const stay = this.#stays.get(id);
    if (stay?.joined && stay.view.epoch === epoch && stay.view.unread.read(Math.min(seq, stay.view.head))) {
      this.#listener.changed();
    }
  }

  #invitation({ lodging: { place, direct } }: Stay): string | null {
    return place.key === null || direct !== null ? null : invitationTo(this.#env.origin, place.key, place.name);
  }
}
