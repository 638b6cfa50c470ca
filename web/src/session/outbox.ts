// What a session has said in one room and the server has not settled yet. A message gets its number when it is sent for
// the first time and keeps it until it is settled, over reconnects and reloads; the log applies every number once.
// Invariant: numbered items come first, in the order of their numbers, and every number sent is kept until settled.

import type { Content, Mark, Refusal, RefusalCode } from '../wire/protocol.ts';

export interface Item {
  readonly id: string;
  /** When it was written, in milliseconds since 1970 by the server's clock as far as known. */
  readonly at: number;
  content: Content;
  number: number | null;
  /** `waiting` to be sent (again), or `sent` over the present lane. */
  state: 'waiting' | 'sent';
  sentAt: number;
  /** No answer in time; the writer has been told. */
  failed: boolean;
  /** The writer has given it up: it is only there to use its number up. */
  discarded: boolean;
}

/** An item as it is kept over a reload. */
export type SavedItem = Pick<Item, 'id' | 'at' | 'content' | 'number' | 'discarded'>;

/** No acknowledgement for so long while the lane is live: the writer is told. */
export const ANSWER_MS = 10_000;
/** Numbers behind a refused one are refused too, one after another: let them all come in before sending again. */
const REGROUP_MS = 100;
/** Acknowledged messages whose entry is still to come: no more than a window of them can be under way. */
const MAX_ACKNOWLEDGED = 256;
/** The server never takes this text, but takes its number: what a discarded message is replaced by. */
const NOTHING: Content = { kind: 'Text', body: '' };

export class Outbox {
  #items: Item[];
  #settled = 0;
  #blockedUntil = 0;
  readonly #acknowledged = new Map<number, string>();

  constructor(saved: readonly SavedItem[]) {
    this.#items = saved.map((item) => ({ ...item, state: 'waiting', sentAt: 0, failed: false }));
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** What to keep over a reload. */
  saved(): SavedItem[] {
    return this.#items.map(({ id, at, content, number, discarded }) => ({ id, at, content, number, discarded }));
  }

  find(id: string): Item | undefined {
    return this.#items.find((item) => item.id === id);
  }

  add(id: string, content: Content, at: number): void {
    this.#items.push({ id, at, content, number: null, state: 'waiting', sentAt: 0, failed: false, discarded: false });
  }

  /** The lane is gone: nothing is under way any more. */
  laneLost(): void {
    this.#blockedUntil = 0;
    for (const item of this.#items) {
      item.state = 'waiting';
    }
  }

  /** The server knows nothing of this session's numbers: they start again. What was discarded is gone. */
  renumber(): void {
    this.#items = this.#items.filter((item) => !item.discarded);
    for (const item of this.#items) {
      item.number = null;
    }
    this.#settled = 0;
    this.#acknowledged.clear();
  }

  /** Takes out what the mark says is settled. */
  settleUpTo(mark: Mark): { readonly item: Item; readonly refused: RefusalCode | null }[] {
    const codes = new Map(mark.refused.map(({ number, code }) => [number, code]));
    const settled = this.#items.filter((item) => item.number !== null && item.number <= mark.number);
    this.#items = this.#items.filter((item) => !settled.includes(item));
    this.#settled = Math.max(this.#settled, mark.number);
    for (const { number, id } of settled) {
      this.#acknowledge(number ?? 0, id);
    }
    return settled.map((item) => ({ item, refused: codes.get(item.number ?? 0) ?? null }));
  }

  /** Takes out the item with this number, if it is still there. */
  settle(number: number): Item | undefined {
    const item = this.#numbered(number);
    this.#items = this.#items.filter((other) => other !== item);
    this.#settled = Math.max(this.#settled, number);
    if (item !== undefined) {
      this.#acknowledge(number, item.id);
    }
    return item;
  }

  /** The id of the settled item with this number, once: its entry has come. */
  claim(number: number): string | null {
    const id = this.#acknowledged.get(number) ?? null;
    this.#acknowledged.delete(number);
    return id;
  }

  /** The number is not used up: it and all behind it are to be sent again, at the earliest at `until`. */
  postpone(number: number, refusal: Refusal, now: number): { readonly until: number } | null {
    const item = this.#numbered(number);
    if (item === undefined || (refusal.code === 'NumberSkipped' && this.#behindAWaitingOne(item))) {
      if (item !== undefined) {
        item.state = 'waiting';
      }
      return null;
    }
    for (const later of this.#items.slice(this.#items.indexOf(item))) {
      later.state = 'waiting';
    }
    this.#blockedUntil = now + Math.max(refusal.retryAfterMs, REGROUP_MS);
    return refusal.code === 'NumberSkipped' ? null : { until: this.#blockedUntil };
  }

  /** Takes out what may be sent now, numbering it: at most `window` items are unanswered at a time. */
  due(window: number, now: number): Item[] {
    if (now < this.#blockedUntil) {
      return [];
    }
    const due = this.#items.slice(0, window).filter((item) => item.state === 'waiting');
    for (const item of due) {
      item.number ??= this.#nextNumber();
      item.state = 'sent';
      item.sentAt = now;
      item.failed = false;
    }
    return due;
  }

  /** Those that have waited too long for their answer, each once. */
  overdue(now: number): Item[] {
    const overdue = this.#items.filter((item) => isWaitingForAnswer(item) && item.sentAt + ANSWER_MS <= now);
    for (const item of overdue) {
      item.failed = true;
    }
    return overdue;
  }

  /** Sends this one again under its own number. */
  again(id: string): boolean {
    const item = this.find(id);
    if (item === undefined) {
      return false;
    }
    item.state = 'waiting';
    item.failed = false;
    return true;
  }

  /** Gives a message up. One that may have reached the server keeps its number, which nothing else may use. */
  discard(id: string): void {
    const item = this.find(id);
    if (item === undefined) {
      return;
    }
    if (item.number === null) {
      this.#items = this.#items.filter((other) => other !== item);
      return;
    }
    item.content = NOTHING;
    item.discarded = true;
    item.state = 'waiting';
  }

  /** When `due` or `overdue` may next have something. */
  deadline(now: number): number | null {
    const answers = this.#items.filter(isWaitingForAnswer).map((item) => item.sentAt + ANSWER_MS);
    const waits = this.#items.some((item) => item.state === 'waiting') && this.#blockedUntil > now;
    const all = waits ? [...answers, this.#blockedUntil] : answers;
    return all.length === 0 ? null : Math.min(...all);
  }

  #acknowledge(number: number, id: string): void {
    this.#acknowledged.set(number, id);
    const [oldest] = this.#acknowledged.keys();
    if (this.#acknowledged.size > MAX_ACKNOWLEDGED && oldest !== undefined) {
      this.#acknowledged.delete(oldest);
    }
  }

  #nextNumber(): number {
    return this.#items.reduce((highest, item) => Math.max(highest, item.number ?? 0), this.#settled) + 1;
  }

  #numbered(number: number): Item | undefined {
    return this.#items.find((item) => item.number === number);
  }

  #behindAWaitingOne(item: Item): boolean {
    return this.#items.slice(0, this.#items.indexOf(item)).some((earlier) => earlier.state === 'waiting');
  }
}

function isWaitingForAnswer(item: Item): boolean {
  return item.state === 'sent' && !item.failed && !item.discarded;
}
