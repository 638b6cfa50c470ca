// What came in while one was looking elsewhere: further up in the room, at another tab, or listening to a screen
// reader. Pure but for the timer of the announcements, which comes in as an argument.

import { signal } from '@preact/signals';
import type { Message, TimelineItem } from '../../store/types.ts';
import { strings } from '../strings.ts';

export interface Watching {
  /** The view is at the end of the timeline. */
  readonly following: boolean;
  /** The page is not visible. */
  readonly hidden: boolean;
}

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
  #quiet = true;

  constructor(later: Later) {
    this.#later = later;
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
    this.announcement.value = announcementOf(this.#waiting);
    this.#waiting = [];
    this.#later(() => this.#speak(), ANNOUNCE_MS);
  }
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
  const text = only.content.kind === 'text' ? only.content.body : strings.timeline.location;
  return strings.timeline.announceOne(only.nick, text.slice(0, ANNOUNCE_CHARS));
}
