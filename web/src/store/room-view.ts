// One room as people see it, made from what its session tells. Decides who is listed, which lines are shown, and who is
// writing; asks nothing of anybody.

import type { RoomEvent } from '../session/room-events.ts';
import { unreachable } from '../session/unreachable.ts';
import type { Joined, Presence } from '../wire/protocol.ts';
import { shown, Timeline } from './timeline.ts';
import type { Member, Room } from './types.ts';

/** Somebody who has said nothing more of writing for so long has stopped. */
export const TYPING_MS = 6_000;

export class RoomView {
  readonly timeline = new Timeline();
  #name: string;
  #nick: string;
  #you = 0;
  #epoch = 0;
  #members: readonly Member[] = [];
  #hasOlder = false;
  #loadingOlder = false;
  #joined = false;
  readonly #typing = new Map<number, number>();

  constructor(room: string, nick: string) {
    this.#name = room.trim();
    this.#nick = nick.trim();
  }

  get joined(): boolean {
    return this.#joined;
  }

  snapshot(now: number): Room {
    const typing = this.#members.filter(({ id }) => id !== this.#you && (this.#typing.get(id) ?? 0) > now);
    return {
      name: this.#name,
      nick: this.#nick,
      you: this.#you,
      members: this.#members,
      timeline: this.timeline.items(),
      hasOlder: this.#hasOlder,
      loadingOlder: this.#loadingOlder,
      typing,
    };
  }

  /** The sequence number to ask older entries with, once; null if there is nothing to ask for. */
  loadOlder(): number | null {
    const before = this.timeline.oldest;
    if (before === null || !this.#hasOlder || this.#loadingOlder) {
      return null;
    }
    this.#loadingOlder = true;
    return before;
  }

  /** `now` by the local clock. */
  hear(event: RoomEvent, now: number): void {
    switch (event.kind) {
      case 'joined':
        return this.#join(event.joined, event, now);
      case 'members':
        this.#name = event.room;
        return this.#list(event.members);
      case 'presence':
        return this.#presence(event.change, event.at);
      case 'notice':
        return this.timeline.line(event.text, event.at);
      case 'entry':
        this.#typing.delete(event.told.entry.author);
        this.timeline.append([event.told], this.#epoch, this.#you);
        return this.#trim(now);
      case 'history':
        this.#loadingOlder = false;
        this.#hasOlder = event.more && event.entries.length > 0;
        return this.timeline.prepend(event.entries, this.#epoch, this.#you, now);
      case 'historyRefused':
        this.#loadingOlder = false;
        return;
      case 'typing':
        this.#typing.set(event.member, now + TYPING_MS);
        return;
      case 'written':
        return this.#write(event);
      case 'pending':
        return this.timeline.deliver(event.id, { kind: 'pending' });
      case 'settled':
        return event.listed ? this.timeline.deliver(event.id, { kind: 'sent' }) : this.timeline.remove(event.id);
      case 'failed':
        return this.timeline.deliver(event.id, { kind: 'failed', reason: event.text });
      case 'refused':
        return this.timeline.deliver(event.id, { kind: 'failed', reason: event.text });
      case 'discarded':
        return this.timeline.remove(event.id);
      case 'expelled':
      case 'throttled':
      case 'left':
        return; // for whoever holds this view
      default:
        return unreachable(event);
    }
  }

  #join(joined: Joined, { entries, anew }: Extract<RoomEvent, { kind: 'joined' }>, now: number): void {
    this.#you = joined.you;
    this.#epoch = joined.epoch;
    this.#name = joined.room;
    if (anew) {
      this.timeline.startAnew(entries, joined.epoch, joined.you, !this.#joined);
      this.#hasOlder = joined.page.more;
      this.#loadingOlder = false;
    } else {
      this.timeline.append(entries, joined.epoch, joined.you);
      this.#trim(now);
    }
    this.#joined = true;
    this.#list(this.#members);
  }

  #list(members: readonly Member[]): void {
    this.#members = members;
    this.#nick = members.find(({ id }) => id === this.#you)?.nick ?? this.#nick;
  }

  /** The server tells a join to the others only (A13); should it ever tell it to the joiner, it is no news. */
  #presence(change: Presence, at: number): void {
    const { member, kind } = change;
    const others = this.#members.filter(({ id }) => id !== member.id);
    this.#list(kind === 'Joined' ? [...others, member] : others);
    this.#typing.delete(member.id);
    if (member.id !== this.#you) {
      this.timeline.line(`${member.nick} has ${kind === 'Joined' ? 'joined' : 'left'}!`, at);
    }
  }

  #write({ id, content, at }: Extract<RoomEvent, { kind: 'written' }>): void {
    this.timeline.write({ key: id, author: this.#you, nick: this.#nick, at, content: shown(content) });
  }

  #trim(now: number): void {
    if (this.timeline.trim(now)) {
      this.#hasOlder = true;
    }
  }
}
