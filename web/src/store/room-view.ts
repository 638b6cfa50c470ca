// One room as people see it, made from what its session tells. Decides who is listed, which lines are shown, who is
// writing, and what is unread; asks nothing of anybody.

import type { RoomEvent, Told } from '../session/room-events.ts';
import { codeOfNotice, sentenceIn } from '../session/sentence.ts';
import type { Lodging } from '../session/slot.ts';
import { unreachable } from '../session/unreachable.ts';
import type { Joined, Member as Named, Presence, Range } from '../wire/protocol.ts';
import { names } from './mention.ts';
import { KEPT, type KeptRoom } from './shelf.ts';
import type { Stretch } from './stretch.ts';
import { kindOf, targetOf } from './targets.ts';
import { Timeline } from './timeline.ts';
import { titleOf } from './title.ts';
import type { Member, Room, RoomCard } from './types.ts';
import { Unread } from './unread.ts';

/** Somebody who has said nothing more of writing for so long has stopped. */
export const TYPING_MS = 6_000;
/** A page that shows less than this, and hardly anything of itself, is followed by the next one. */
const FEW_ROWS = 20;

/** What a view must be told of the world outside the room. */
export interface Outside {
  /** Up to where one had read in this history, when one was here last; null if one never was. */
  readUpTo(epoch: number): number | null;
  isIgnored(nick: string): boolean;
}

/** A question for entries, and which stretch its answer belongs to. */
interface Loading {
  readonly ask: number;
  readonly stretch: Stretch;
}

type Page = Extract<RoomEvent, { kind: 'history' }>;

export class RoomView {
  readonly timeline = new Timeline();
  readonly unread = new Unread();
  readonly #lodging: Lodging;
  readonly #outside: Outside;
  #name: string;
  #nick: string;
  #topic = '';
  #you = 0;
  #epoch = 0;
  #head = 0;
  #members: readonly Member[] = [];
  #older: Loading | null = null;
  #newer: Loading | null = null;
  #joined = false;
  /** When what is shown was so, while it is what this device had kept. */
  #keptAt: number | null = null;
  #isOpen = false;
  readonly #typing = new Map<number, number>();

  constructor(lodging: Lodging, outside: Outside) {
    this.#lodging = lodging;
    this.#outside = outside;
    this.#name = lodging.place.name.trim();
    this.#nick = lodging.nick.trim();
    this.#list([]); // what waits here is told before anybody knows who is in
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Whether people see it: one is in, or it is shown as this device has kept it. */
  get isShown(): boolean {
    return this.#joined || this.#keptAt !== null;
  }

  /** What this device is to keep of it: the newest, whatever is shown. */
  kept(at: number): Omit<KeptRoom, 'shape'> {
    const messages = this.timeline.newest.items.filter((item) => item.kind === 'message').slice(-KEPT);
    return {
      ...{ at, nick: this.#nick, you: this.#you, epoch: this.#epoch },
      topic: this.#topic,
      head: this.#head,
      messages,
    };
  }

  /** Shows what this device has kept, until one is in. */
  restore({ at, nick, you, epoch, topic, head, messages }: KeptRoom): void {
    if (this.#joined) {
      return;
    }
    this.#keptAt = at;
    this.#you = you;
    this.#epoch = epoch;
    this.#topic = topic;
    this.#head = head;
    this.#list([{ id: you, nick, away: false }]);
    this.timeline.shown.hasOlder = true;
    this.timeline.shown.append(messages.map((item) => ({ seq: item.seq, item })));
    this.timeline.trim(at);
    this.unread.startAnew(head, true);
  }

  get nick(): string {
    return this.#nick;
  }

  isMe(member: number): boolean {
    return member === this.#you;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  get head(): number {
    return this.#head;
  }

  card(joined: boolean): Omit<RoomCard, 'invitation'> {
    const { count: unread, mentions, exact } = this.unread;
    const direct = kindOf(this.#lodging) === 'direct';
    const alone = this.#members.every(({ id }) => id === this.#you);
    return { ...this.#title(), nick: this.#nick, unread, mentions: direct ? unread : mentions, exact, joined, alone };
  }

  snapshot(now: number, invitation: string | null): Room {
    const typing = this.#members.filter(({ id }) => id !== this.#you && (this.#typing.get(id) ?? 0) > now);
    return {
      ...this.#title(),
      ...{ topic: this.#topic, nick: this.#nick, you: this.#you, members: this.#members, typing, invitation },
      target: targetOf(this.#lodging.place),
      timeline: this.timeline.items(),
      hasOlder: this.timeline.shown.hasOlder,
      hasNewer: this.timeline.isApart,
      loadingOlder: this.#older !== null,
      loadingNewer: this.#newer !== null,
      readUpTo: this.unread.readUpTo,
      keptAt: this.#keptAt,
      head: this.#head,
    };
  }

  /** People look at it, or do not. */
  set open(open: boolean) {
    if (this.#isOpen && !open) {
      this.timeline.rest();
      this.#dropAsks();
    }
    this.#isOpen = open;
  }

  /** What to ask for to have older ones; null if there is nothing to ask, or it is asked. */
  older(): Range | null {
    const { oldest, hasOlder } = this.timeline.shown;
    return oldest === null || !hasOlder || !this.#joined || this.#older !== null
      ? null
      : { kind: 'Before', seq: oldest };
  }

  newer(): Range | null {
    const { newest } = this.timeline.shown;
    return newest === null || !this.timeline.isApart || this.#newer !== null ? null : { kind: 'After', seq: newest };
  }

  /** It is asked: `ask` is the number of the question. */
  asked(what: 'older' | 'newer', ask: number): void {
    const loading = { ask, stretch: this.timeline.shown };
    if (what === 'older') {
      this.#older = loading;
    } else {
      this.#newer = loading;
    }
  }

  /** The page of a jump. */
  land(page: Page, now: number): void {
    this.#dropAsks();
    this.timeline.land(page);
    this.timeline.trim(now);
  }

  goToEnd(): void {
    this.#dropAsks();
    this.timeline.goToEnd();
  }

  /** `now` by the local clock. Returns which way to go on loading because a page showed hardly anything. */
  hear(event: RoomEvent, now: number): 'older' | 'newer' | null {
    switch (event.kind) {
      case 'joined':
        this.#join(event.joined, event);
        return null;
      case 'members':
        this.#name = event.room;
        this.#list(event.members.map((member) => ({ ...member, away: event.away.includes(member.id) })));
        return null;
      case 'presence':
        this.#presence(event.change, event.at);
        return null;
      case 'notice':
        this.timeline.line(event.text, event.at, { kind: 'notice', code: codeOfNotice(event) });
        return null;
      case 'entry':
        this.#entry(event.told, now);
        return null;
      case 'history':
        return this.#page(event, now);
      case 'looked':
        this.timeline.looked(event.entries, event.asOf);
        return null;
      case 'unanswered':
        this.#unanswered(event.ask);
        return null;
      case 'typing':
        this.#typing.set(event.member, now + TYPING_MS);
        return null;
      case 'read':
        this.unread.read(Math.min(event.seq, this.#head));
        return null;
      case 'written':
        this.timeline.write(event.id, event.content, event.at);
        return null;
      case 'pending':
        this.timeline.deliver(event.id, { kind: 'pending' });
        return null;
      case 'settled':
        if (event.listed) {
          this.timeline.deliver(event.id, { kind: 'sent' });
        } else {
          this.timeline.remove(event.id);
        }
        return null;
      case 'failed':
      case 'refused':
        this.timeline.deliver(event.id, { kind: 'failed', reason: sentenceIn(event) });
        return null;
      case 'discarded':
        this.timeline.remove(event.id);
        return null;
      case 'found':
      case 'renamed':
      case 'notRenamed':
      case 'invited':
      case 'expelled':
      case 'throttled':
      case 'left':
        return null; // for whoever holds this view
      default:
        return unreachable(event);
    }
  }

  #join(joined: Joined, { entries, anew }: Extract<RoomEvent, { kind: 'joined' }>): void {
    const first = !this.#joined;
    this.#you = joined.you;
    this.#epoch = joined.epoch;
    this.#name = joined.room;
    this.#topic = joined.topic;
    this.#head = joined.head;
    this.#joined = true;
    this.#keptAt = null;
    this.#list(this.#members);
    const { more, asOf } = joined.page;
    if (anew) {
      this.#dropAsks();
      this.timeline.startAnew({ entries, more, asOf }, first);
      this.#countFrom(joined);
    } else {
      this.timeline.append(entries, asOf);
      this.unread.read(Math.min(joined.read, joined.head));
    }
    for (const told of entries) {
      this.#count(told);
    }
  }

  #entry(told: Told, now: number): void {
    this.#typing.delete(told.entry.author);
    this.#head = told.entry.seq;
    this.timeline.append([told], null);
    this.#count(told);
    if (told.entry.content.kind === 'Topic') {
      this.#topic = told.entry.content.text;
    }
    if (this.#isOpen) {
      this.timeline.trim(now);
    } else {
      this.timeline.restTrim();
    }
  }

  // --- what is unread ---

  /** What is known of the room begins with this page. */
  #countFrom({ epoch, head, read, page: { entries, more } }: Joined): void {
    // What is older than one's first visit is not unread, but in a room of two it is meant for one.
    const first = this.#lodging.direct === null ? head : 0;
    const here = this.#outside.readUpTo(epoch) ?? (read > 0 ? read : first);
    const readUpTo = Math.min(Math.max(here, read), head);
    const begins = entries[0]?.seq ?? head + 1;
    this.unread.startAnew(readUpTo, !more || begins <= readUpTo + 1);
  }

  #count({ entry, id }: Told): void {
    const { seq, content, author, nick } = entry;
    const other = id === null && author !== this.#you && !this.#outside.isIgnored(nick);
    if (content.kind === 'Delete') {
      this.unread.remove(content.of);
    } else if (other && (content.kind === 'Text' || content.kind === 'Location')) {
      this.unread.add(seq, content.kind === 'Text' && names(content.body, this.#nick));
    }
  }

  // --- pages ---

  #page(page: Page, now: number): 'older' | 'newer' | null {
    const before = this.timeline.shown.length;
    const few = (): boolean => {
      const rows = this.timeline.shown.length - before;
      return rows < FEW_ROWS && 2 * rows < page.entries.length;
    };
    const [older, newer] = [this.#older, this.#newer];
    if (older?.ask === page.ask) {
      this.#older = null;
      this.timeline.prepend(older.stretch, page, now);
      const again = few();
      this.timeline.trim(now);
      return again && page.more ? 'older' : null;
    }
    if (newer?.ask === page.ask) {
      this.#newer = null;
      this.timeline.extend(newer.stretch, page);
      return few() && this.timeline.isApart ? 'newer' : null;
    }
    return null;
  }

  #unanswered(ask: number): void {
    this.#older = this.#older?.ask === ask ? null : this.#older;
    this.#newer = this.#newer?.ask === ask ? null : this.#newer;
  }

  /** Their answers belong to what is not shown any more. */
  #dropAsks(): void {
    this.#older = null;
    this.#newer = null;
  }

  // --- people ---

  #list(members: readonly Member[]): void {
    this.#members = members;
    this.#nick = members.find(({ id }) => id === this.#you)?.nick ?? this.#nick;
    this.timeline.look({ you: this.#you, nick: this.#nick, epoch: this.#epoch });
  }

  #presence(change: Presence, at: number): void {
    switch (change.kind) {
      case 'Joined':
        this.#list([...this.#without(change.member.id), { ...change.member, away: false }]);
        return this.#cameOrWent('joined', change.member, at);
      case 'Left':
        this.#list(this.#without(change.member.id));
        return this.#cameOrWent('left', change.member, at);
      case 'Away':
        return this.#away(change.member, true);
      case 'Back':
        return this.#away(change.member, false);
    }
  }

  #without(id: number): readonly Member[] {
    return this.#members.filter((member) => member.id !== id);
  }

  #away(id: number, away: boolean): void {
    this.#list(this.#members.map((member) => (member.id === id ? { ...member, away } : member)));
  }

  /** The server tells a join to the others only (A13); should it ever tell it to the joiner, it is no news. */
  #cameOrWent(kind: 'joined' | 'left', { id, nick }: Named, at: number): void {
    this.#typing.delete(id);
    if (id !== this.#you) {
      this.timeline.line(`${nick} has ${kind}!`, at, { kind, nick });
    }
  }

  #title(): Pick<Room, 'id' | 'kind' | 'name'> {
    return titleOf(this.#lodging, { name: this.#name, members: this.#members, you: this.#you });
  }
}
