// What a room's timeline shows, in order: entries by their place in the log, server lines where they came, and behind
// them what has no place yet. Invariant: an entry stands there once, and a message keeps its key when it gets its place.

import type { Told } from '../session/room-events.ts';
import type * as wire from '../wire/protocol.ts';
import type { Content, Delivery, Message, ServerLine, TimelineItem } from './types.ts';

/** Beyond this the oldest items go, unless people have just loaded them. A day of a busy room must not fill the memory. */
const MAX_ITEMS = 20_000;
const KEPT_ITEMS = 10_000;
const READING_MS = 10 * 60_000;

const SENT: Delivery = { kind: 'sent' };
const PENDING: Delivery = { kind: 'pending' };

export class Timeline {
  #placed: TimelineItem[] = [];
  #open: Message[] = [];
  #lines = 0;
  #loadedAt = 0;
  /** The oldest entry's sequence number. */
  #oldest: number | null = null;

  items(): TimelineItem[] {
    return [...this.#placed, ...this.#open];
  }

  get oldest(): number | null {
    return this.#oldest;
  }

  /** Starts over from the newest page. `first`: lines that have come before it belong behind it. */
  startAnew(entries: readonly Told[], epoch: number, you: number, first: boolean): void {
    const lines = first ? this.#placed.filter((item) => item.kind === 'line') : [];
    this.#placed = [];
    this.#oldest = null;
    this.append(entries, epoch, you);
    this.#placed.push(...lines);
  }

  append(entries: readonly Told[], epoch: number, you: number): void {
    for (const told of entries) {
      this.#placed.push(this.#message(told, epoch, you));
      this.#oldest ??= told.entry.seq;
    }
  }

  prepend(entries: readonly Told[], epoch: number, you: number, now: number): void {
    const older = entries.filter(({ entry }) => this.#oldest === null || entry.seq < this.#oldest);
    this.#placed = [...older.map((told) => this.#message(told, epoch, you)), ...this.#placed];
    this.#oldest = older[0]?.entry.seq ?? this.#oldest;
    this.#loadedAt = now;
  }

  /** Lets the oldest items go if there are too many; true if any went. */
  trim(now: number): boolean {
    if (this.#placed.length <= MAX_ITEMS || now < this.#loadedAt + READING_MS) {
      return false;
    }
    this.#placed = this.#placed.slice(-KEPT_ITEMS);
    const first = this.#placed.find((item) => item.kind === 'message');
    this.#oldest = first?.seq ?? this.#oldest;
    return true;
  }

  line(text: string, at: number): void {
    this.#lines += 1;
    const line: ServerLine = { kind: 'line', key: `line.${this.#lines}`, at, text };
    this.#placed.push(line);
  }

  /** A message of one's own that has no place yet. */
  write(message: Pick<Message, 'key' | 'author' | 'nick' | 'at' | 'content'>): void {
    this.remove(message.key);
    this.#open.push({ ...message, kind: 'message', mine: true, delivery: PENDING, seq: 0 });
  }

  deliver(key: string, delivery: Delivery): void {
    this.#open = this.#open.map((message) => (message.key === key ? { ...message, delivery } : message));
  }

  find(key: string): Message | undefined {
    return this.#open.find((message) => message.key === key);
  }

  remove(key: string): void {
    this.#open = this.#open.filter((message) => message.key !== key);
  }

  #message({ entry, id }: Told, epoch: number, you: number): Message {
    const written = id === null ? undefined : this.find(id);
    if (written !== undefined) {
      this.remove(written.key);
    }
    return {
      kind: 'message',
      key: written?.key ?? `${epoch}.${entry.seq}`,
      author: entry.author,
      nick: entry.nick,
      mine: id !== null || entry.author === you,
      at: entry.at,
      content: shown(entry.content),
      delivery: SENT,
      seq: entry.seq,
    };
  }
}

export function shown(content: wire.Content): Content {
  switch (content.kind) {
    case 'Text':
      return { kind: 'text', body: content.body };
    case 'Location':
      return { kind: 'location', latitude: content.latitude, longitude: content.longitude };
  }
}

export function onWire(content: Content): wire.Content {
  switch (content.kind) {
    case 'text':
      return { kind: 'Text', body: content.body };
    case 'location':
      return { kind: 'Location', latitude: content.latitude, longitude: content.longitude };
  }
}
