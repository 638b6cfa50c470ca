// What a session has said in one room and the server has not settled yet. A message gets its number when it is written,
// or as soon as it is known where the numbers go on, and keeps it until it is settled, over reconnects and reloads; the
// log applies every number once. Nothing is sent before its number is kept. Invariant: numbered items come first, in the
// order of their numbers, and every number sent is kept until settled.

import type { Content, Mark, Refusal, RefusalCode } from '../wire/protocol.ts';
import type { Origin } from './origin.ts';
import type { Sentence, SentenceCode } from './sentence.ts';

export interface Item {
  readonly id: string;
  /** When it was written, in milliseconds since 1970 by the server's clock as far as known. */
  readonly at: number;
  /** Where it is kept: higher for what was written later. */
  readonly order: number;
  content: Content;
  number: number | null;
  /** `waiting` to be sent (again), or `sent` over the present lane. */
  state: 'waiting' | 'sent';
  sentAt: number;
  /** No answer in time; the writer has been told. */
  failed: boolean;
  /** The writer has given it up: it is only there to use its number up. */
  discarded: boolean;
  /** Why it was refused: its number is used up, and it is only there for its writer to get the text back. */
  refused: string | null;
  /** By which other languages have it. */
  code?: SentenceCode | undefined;
  /** The save that holds its number; see `changes`. */
  savedIn: number;
}

/** An item as it is kept. */
export type SavedItem = Pick<Item, 'id' | 'at' | 'order' | 'content' | 'number' | 'discarded' | 'refused' | 'code'>;

/** No acknowledgement for so long while the lane is live: the writer is told. */
export const ANSWER_MS = 10_000;
/** Numbers behind a refused one are refused too, one after another: let them all come in before sending again. */
const REGROUP_MS = 100;
/** Acknowledged messages whose entry is still to come: no more than a window of them can be under way. */
const MAX_ACKNOWLEDGED = 256;
/** More numbers than this are never missing because they could not be kept: then they were drawn for something else. */
const MAX_MISSING = 1_024;
/** The server never takes this text, but takes its number: what a discarded message is replaced by. */
const NOTHING: Content = { kind: 'Text', body: '', reply: null };
const NEVER = Number.POSITIVE_INFINITY;

export class Outbox {
  #items: Item[];
  /** Refused, by id, until the writer has taken the text back or sends it again. */
  readonly #refused = new Map<string, Item>();
  readonly #changed = new Map<number, Item | null>();
  readonly #acknowledged = new Map<number, string>();
  #origin: Origin;
  /** Whether the server has said where the numbers go on. */
  #resumed = false;
  #highest = 0;
  #orders = 0;
  #blockedUntil = 0;

  constructor(saved: readonly SavedItem[], origin: Origin) {
    this.#origin = origin;
    const all = saved.map((item): Item => ({ ...item, state: 'waiting', sentAt: 0, failed: false, savedIn: 0 }));
    this.#items = all.filter((item) => item.refused === null).sort(byNumber);
    for (const item of all) {
      this.#orders = Math.max(this.#orders, item.order);
      this.#highest = Math.max(this.#highest, item.number ?? 0);
      if (item.refused !== null) {
        this.#refused.set(item.id, item);
      }
    }
  }

  /** To be sent or answered, in order. */
  get items(): readonly Item[] {
    return this.#items;
  }

  get refused(): readonly Item[] {
    return [...this.#refused.values()];
  }

  get origin(): Origin {
    return this.#origin;
  }

  /** What is to be kept, or no longer, since the last call: `save` numbers these calls, from 1. */
  changes(save: number): [number, SavedItem | null][] {
    const changes = [...this.#changed].map(([order, item]): [number, SavedItem | null] => {
      if (item === null) {
        return [order, null];
      }
      item.savedIn = save;
      const { id, at, content, number, discarded, refused, code } = item;
      return [order, { id, at, order, content, number, discarded, refused, ...(code === undefined ? {} : { code }) }];
    });
    this.#changed.clear();
    return changes;
  }

  add(id: string, content: Content, at: number): void {
    this.#push(id, content, at, false);
    this.#number();
  }

  /** The lane is gone: nothing is under way any more. */
  laneLost(): void {
    this.#blockedUntil = 0;
    for (const item of this.#items) {
      item.state = 'waiting';
    }
  }

  /**
   * The server has said who one is in the room and how far one's numbers are used up. Takes out what is settled by that.
   *
   * Numbers that were drawn for another session, or in a history that has been rewound since, mean nothing here: what is
   * left is numbered anew, behind the mark, or it would be refused as skipped for ever. In a rewound history the mark
   * still tells which of them it holds. Of another session, which the server has forgotten (30 days) or ended, nobody
   * can say: what it had applied without the answer getting here is sent a second time, unless its entry was in the page
   * that came with the welcome. That is the worst that can happen; nothing is lost.
   */
  resume(origin: Origin, mark: Mark): { readonly item: Item; readonly refused: RefusalCode | null }[] {
    const { seat, epoch } = this.#origin;
    const settled = origin.seat === seat ? this.#settleUpTo(mark) : [];
    if (epoch !== null && origin.epoch !== epoch) {
      settled.push(...this.#cutLoose());
    }
    if (origin.seat !== seat || origin.epoch !== epoch || !this.#fillGaps(mark.number)) {
      this.#renumber(mark.number);
    }
    this.#origin = origin;
    this.#resumed = true;
    this.#highest = Math.max(this.#highest, mark.number);
    this.#number();
    return settled;
  }

  /** Takes out the item with this number, if it is still there. */
  settle(number: number): Item | undefined {
    const item = this.#items.find((item) => item.number === number);
    if (item !== undefined) {
      this.#take(item);
    }
    return item;
  }

  /** Keeps the text of a settled item for its writer. */
  giveBack(item: Item, { text, code }: Sentence): void {
    item.refused = text;
    item.code = code;
    item.number = null;
    this.#refused.set(item.id, item);
    this.#changed.set(item.order, item);
  }

  /** The id of the settled item with this number, once: its entry has come. */
  claim(number: number): string | null {
    const id = this.#acknowledged.get(number) ?? null;
    this.#acknowledged.delete(number);
    return id;
  }

  /** The number is not used up: it and all behind it are to be sent again, at the earliest at `until`. */
  postpone(number: number, refusal: Refusal, now: number): { readonly until: number } | null {
    const item = this.#items.find((item) => item.number === number);
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

  /** Marks as sent, and returns, what may be sent now: at most `window` items are unanswered at a time, and all saves to `kept` are kept. */
  due(window: number, kept: number, now: number): Item[] {
    if (now < this.#blockedUntil) {
      return [];
    }
    const waiting = this.#items.slice(0, window).filter((item) => item.state === 'waiting');
    const unkept = waiting.findIndex((item) => item.savedIn > kept || item.number === null);
    const due = unkept === -1 ? waiting : waiting.slice(0, unkept);
    for (const item of due) {
      item.state = 'sent';
      item.sentAt = now;
    }
    return due;
  }

  /** Those that have waited too long for their answer, each once. */
  overdue(now: number): Item[] {
    const overdue = this.#unanswered().filter((item) => item.sentAt + ANSWER_MS <= now);
    for (const item of overdue) {
      item.failed = true;
    }
    return overdue;
  }

  /** Sends this one again: under its own number, or as a new one if that is used up. */
  again(id: string): boolean {
    const refused = this.#refused.get(id);
    if (refused !== undefined) {
      this.#drop(refused);
      this.add(id, refused.content, refused.at);
      return true;
    }
    const item = this.#items.find((item) => item.id === id);
    if (item === undefined) {
      return false;
    }
    item.state = 'waiting';
    item.failed = false;
    return true;
  }

  /** Gives a message up. One that may have reached the server keeps its number, which nothing else may use. */
  discard(id: string): void {
    const item = this.#refused.get(id) ?? this.#items.find((item) => item.id === id);
    if (item === undefined) {
      return;
    }
    if (item.number === null) {
      return this.#drop(item);
    }
    item.content = NOTHING;
    item.discarded = true;
    item.state = 'waiting';
    this.#touch(item);
  }

  /** When `due` or `overdue` may next have something. */
  deadline(now: number): number | null {
    const answers = this.#unanswered().map((item) => item.sentAt + ANSWER_MS);
    const waits = this.#blockedUntil > now && this.#items.some((item) => item.state === 'waiting');
    const all = waits ? [...answers, this.#blockedUntil] : answers;
    return all.length === 0 ? null : Math.min(...all);
  }

  #settleUpTo(mark: Mark): { readonly item: Item; readonly refused: RefusalCode | null }[] {
    const codes = new Map(mark.refused.map(({ number, code }) => [number, code]));
    const settled = this.#items.filter((item) => item.number !== null && item.number <= mark.number);
    return settled.map((item) => {
      this.#take(item);
      return { item, refused: codes.get(item.number ?? 0) ?? null };
    });
  }

  /** What names places in another history must not be said of what stands there now. */
  #cutLoose(): { readonly item: Item; readonly refused: RefusalCode }[] {
    const lost = this.#items.filter(
      ({ content: { kind } }) => kind === 'Edit' || kind === 'Delete' || kind === 'React',
    );
    for (const item of lost) {
      this.#drop(item);
    }
    for (const item of this.#items) {
      if (item.content.kind === 'Text' && item.content.reply !== null) {
        item.content = { ...item.content, reply: null };
        this.#touch(item);
      }
    }
    return lost.map((item) => ({ item, refused: 'NotThere' }));
  }

  #renumber(settled: number): void {
    for (const item of this.#items.filter((item) => item.discarded)) {
      this.#drop(item);
    }
    for (const item of this.#items) {
      item.number = null;
    }
    this.#highest = settled;
    this.#acknowledged.clear();
  }

  /**
   * A message that could not be kept is gone after a crash, and its number with it, which would hold up everything
   * behind it: something else has to use it up. False if too many are missing.
   */
  #fillGaps(settled: number): boolean {
    const numbers = this.#items.flatMap(({ number }) => number ?? []);
    const missing: number[] = [];
    for (const [n, number] of numbers.entries()) {
      const before = n === 0 ? settled : (numbers[n - 1] ?? settled);
      if (number - before + missing.length > MAX_MISSING) {
        return false;
      }
      for (let gap = before + 1; gap < number; gap += 1) {
        missing.push(gap);
      }
    }
    for (const number of missing) {
      const filler = this.#push(`gap.${number}`, NOTHING, 0, true);
      filler.number = number;
    }
    if (missing.length > 0) {
      this.#items.sort(byNumber);
    }
    return true;
  }

  #push(id: string, content: Content, at: number, discarded: boolean): Item {
    this.#orders += 1;
    const item: Item = {
      ...{ id, content, at, discarded, order: this.#orders, number: null, refused: null },
      ...{ state: 'waiting', sentAt: 0, failed: false, savedIn: NEVER },
    };
    this.#items.push(item);
    this.#touch(item);
    return item;
  }

  #number(): void {
    if (!this.#resumed) {
      return;
    }
    const first = this.#items.findLastIndex((item) => item.number !== null) + 1;
    for (const item of this.#items.slice(first)) {
      this.#highest += 1;
      item.number = this.#highest;
      this.#touch(item);
    }
  }

  #touch(item: Item): void {
    item.savedIn = NEVER;
    this.#changed.set(item.order, item);
  }

  /** Settled. */
  #take(item: Item): void {
    this.#drop(item);
    this.#acknowledged.set(item.number ?? 0, item.id);
    const [oldest] = this.#acknowledged.keys();
    if (this.#acknowledged.size > MAX_ACKNOWLEDGED && oldest !== undefined) {
      this.#acknowledged.delete(oldest);
    }
  }

  #drop(item: Item): void {
    const place = this.#items.indexOf(item);
    if (place !== -1) {
      this.#items.splice(place, 1);
    }
    this.#refused.delete(item.id);
    this.#changed.set(item.order, null);
  }

  /** All that has ever been sent stands in front: a flood that waits behind it is not looked at. */
  #unanswered(): Item[] {
    const never = this.#items.findIndex((item) => item.sentAt === 0);
    const sent = never === -1 ? this.#items : this.#items.slice(0, never);
    return sent.filter((item) => item.state === 'sent' && !item.failed && !item.discarded);
  }

  #behindAWaitingOne(item: Item): boolean {
    return this.#items.slice(0, this.#items.indexOf(item)).some((earlier) => earlier.state === 'waiting');
  }
}

function byNumber(a: Item, b: Item): number {
  return (a.number ?? Number.MAX_VALUE) - (b.number ?? Number.MAX_VALUE) || a.order - b.order;
}
