// What came in while one was looking elsewhere: further up in the room, at another tab, or listening to a screen
// reader. Pure but for the timer of the announcements, which comes in as an argument.

import { signal } from '@preact/signals';
import type { Content, Message, Room, TimelineItem } from '../../store/types.ts';
import { excerptOf } from '../markup/plain.ts';
import { placed } from '../placed.ts';
import { strings } from '../strings.ts';

export interface Watching {
  /** The view is at the end of the timeline. */
  readonly following: boolean;
  /** The page is not visible. */
  readonly hidden: boolean;
}

/** What of a room says where to begin. */
export type Opened = Pick<Room, 'readUpTo' | 'timeline' | 'hasOlder'>;

export type Later = (run: () => void, ms: number) => void;

/** Announcements come at most this often. */
const ANNOUNCE_MS = 1_000;
/** A screen reader can go to the message itself for the rest. */
const ANNOUNCE_CHARS = 200;

export class Feed {
  /** New messages below the view. */
  readonly below = signal(0);
  /** New messages since the page was hidden. */
  readonly unseen = signal(0);
  /** Sequence number of the first message not yet read when one came back. */
  readonly unreadFrom = signal<number | null>(null);
  /** What a polite live region says. */
  readonly announcement = signal('');

  readonly #later: Later;
  #newest: number | null = null;
  #waiting: Message[] = [];
  /** The one message whose words the announcement holds. */
  #spoken: Message | null = null;
  #quiet = true;

  constructor(later: Later) {
    this.#later = later;
  }

  /**
   * A room is opened, or opened again: it shows where one had stopped reading, if there is more. Answers the place to go
   * to if what is unread begins further up than what is loaded.
   */
  open(room: Opened | null, scroller: { seek(key: string): void }): number | null {
    const first = room === null || room.readUpTo === 0 ? null : firstUnread(room.timeline, room.readUpTo);
    this.unreadFrom.value = first?.seq ?? null;
    if (room === null || first === null) {
      return null;
    }
    scroller.seek(first.key);
    return room.hasOlder && !knows(room.timeline, room.readUpTo + 1) ? room.readUpTo + 1 : null;
  }

  /** Takes the timeline as it stands now. What was there at first is not new. */
  take(items: readonly TimelineItem[], watching: Watching): void {
    const fresh = this.#newest === null ? [] : arrivedSince(items, this.#newest);
    this.#newest = newestSeq(items) ?? this.#newest ?? (items.length > 0 ? 0 : null);
    const others = fresh.filter((message) => !message.mine);
    const first = others[0];
    if (first === undefined) {
      return;
    }
    this.#count(others.length, first.seq, watching);
    this.#announce(others);
  }

  /** What was deleted or changed since it was said does not go on standing there, and is not said any more. */
  keepUp(items: readonly TimelineItem[]): void {
    const [only] = this.#waiting;
    if (only !== undefined && this.#waiting.length === 1) {
      const now = placed(items, only.seq) ?? only;
      this.#waiting = now.content.kind === 'deleted' ? [] : [now];
    }
    const spoken = this.#spoken;
    const now = spoken === null ? null : placed(items, spoken.seq);
    if (now !== null && (now.content.kind === 'deleted' || now.edited !== spoken?.edited)) {
      this.say('');
    }
  }

  reachedEnd(): void {
    this.below.value = 0;
  }

  shown(): void {
    this.unseen.value = 0;
  }

  /** Whoever answers has read what was there. */
  answered(): void {
    this.unreadFrom.value = null;
  }

  /** The page is hidden: what comes from now on is unread, what was below the line has been read. */
  hidden(following: boolean): void {
    if (following) {
      this.unreadFrom.value = null;
    }
  }

  /** Says something that is not a message. */
  say(text: string): void {
    this.#spoken = null;
    this.announcement.value = text;
  }

  #count(count: number, firstSeq: number, { following, hidden }: Watching): void {
    if (!following) {
      this.below.value += count;
    }
    if (hidden) {
      this.unseen.value += count;
    }
    if (hidden || !following) {
      this.unreadFrom.value ??= firstSeq;
    }
  }

  #announce(messages: readonly Message[]): void {
    this.#waiting.push(...messages);
    if (this.#quiet) {
      this.#quiet = false;
      this.#speak();
    }
  }

  #speak(): void {
    if (this.#waiting.length === 0) {
      this.#quiet = true;
      return;
    }
    this.say(announcementOf(this.#waiting));
    this.#spoken = this.#waiting.length === 1 ? (this.#waiting[0] ?? null) : null;
    this.#waiting = [];
    this.#later(() => this.#speak(), ANNOUNCE_MS);
  }
}

/** Whether the items begin at this place or before it. */
function knows(items: readonly TimelineItem[], seq: number): boolean {
  return items.some((item) => item.kind === 'message' && item.seq > 0 && item.seq <= seq);
}

/** The first message of somebody else behind what has been read. */
export function firstUnread(items: readonly TimelineItem[], readUpTo: number): Message | null {
  return arrivedSince(items, readUpTo).find((message) => !message.mine) ?? null;
}

/** The messages with a sequence number above `seq`, oldest first. */
export function arrivedSince(items: readonly TimelineItem[], seq: number): Message[] {
  const fresh: Message[] = [];
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i];
    if (item?.kind !== 'message' || item.seq === 0) {
      continue;
    }
    if (item.seq <= seq) {
      break;
    }
    fresh.push(item);
  }
  return fresh.reverse();
}

/** The highest sequence number; null while nothing has one. */
export function newestSeq(items: readonly TimelineItem[]): number | null {
  const newest = items.findLast((item) => item.kind === 'message' && item.seq > 0);
  return newest?.kind === 'message' ? newest.seq : null;
}

export function announcementOf(messages: readonly Message[]): string {
  const only = messages[0];
  if (only === undefined || messages.length > 1) {
    return strings.timeline.announceMany(messages.length);
  }
  return strings.timeline.announceOne(only.nick, spoken(only.content));
}

function spoken(content: Content): string {
  switch (content.kind) {
    case 'text':
      return excerptOf(content.body, ANNOUNCE_CHARS);
    case 'location':
      return strings.timeline.location;
    case 'deleted':
      return strings.timeline.deleted;
  }
}
