// A stretch of a room's log without gaps, as rows: messages and lines, in order. Entries that have no row of their own
// count for where it begins and ends.

import type { TimelineItem } from './types.ts';

/** A row and its place in the log; a line that is not in the log has the place of the entry before it. */
export interface Placed {
  readonly seq: number;
  /** Null: the entry has no row. */
  readonly item: TimelineItem | null;
}

export class Stretch {
  #items: TimelineItem[] = [];
  #seqs: number[] = [];
  #oldest: number | null = null;
  #newest: number | null = null;
  hasOlder = false;

  get items(): readonly TimelineItem[] {
    return this.#items;
  }

  get length(): number {
    return this.#items.length;
  }

  /** The oldest and the newest entry's sequence number. */
  get oldest(): number | null {
    return this.#oldest;
  }

  get newest(): number | null {
    return this.#newest;
  }

  /** Whether the stretch begins at or before, and ends at or after, this place. */
  holds(seq: number): boolean {
    return this.#oldest !== null && this.#newest !== null && this.#oldest <= seq && seq <= this.#newest;
  }

  /** Those behind its end. */
  append(placed: readonly Placed[]): void {
    for (const { seq, item } of placed.filter(({ seq }) => this.#newest === null || seq > this.#newest)) {
      this.#oldest ??= seq;
      this.#newest = seq;
      this.#push(seq, item);
    }
  }

  /** Those before its beginning. */
  prepend(placed: readonly Placed[]): void {
    const older = placed.filter(({ seq }) => this.#oldest === null || seq < this.#oldest);
    const rows = older.flatMap(({ seq, item }) => (item === null ? [] : [{ seq, item }]));
    this.#items = [...rows.map(({ item }) => item), ...this.#items];
    this.#seqs = [...rows.map(({ seq }) => seq), ...this.#seqs];
    this.#oldest = older[0]?.seq ?? this.#oldest;
    this.#newest ??= older.at(-1)?.seq ?? null;
  }

  /** A row that is not in the log. */
  line(item: TimelineItem): void {
    this.#push(this.#newest ?? 0, item);
  }

  /** Puts another stretch, which ends where this one begins or later, in front of this one. */
  join(older: Stretch): void {
    this.prepend(older.#items.map((item, i) => ({ seq: older.#seqs[i] ?? 0, item })));
    this.#oldest = Math.min(older.#oldest ?? Number.MAX_VALUE, this.#oldest ?? Number.MAX_VALUE);
    this.hasOlder = older.hasOlder;
  }

  /** Changes the message in this place; false if it is not here. */
  replace(seq: number, item: TimelineItem): boolean {
    for (let at = this.#firstAt(seq); this.#seqs[at] === seq; at += 1) {
      if (this.#items[at]?.key === item.key) {
        this.#items[at] = item;
        return true;
      }
    }
    return false;
  }

  /** Changes every row for which there is something to put in its place. */
  update(change: (item: TimelineItem) => TimelineItem): boolean {
    let any = false;
    for (const [at, item] of this.#items.entries()) {
      const next = change(item);
      any ||= next !== item;
      this.#items[at] = next;
    }
    return any;
  }

  /** Lets all but the newest rows go; returns the places of what went. */
  keepNewest(count: number): number[] {
    const gone = this.#items.length - count;
    if (gone <= 0) {
      return [];
    }
    this.#items = this.#items.slice(gone);
    const seqs = this.#seqs.splice(0, gone);
    this.#oldest = (seqs.at(-1) ?? 0) + 1;
    this.hasOlder = true;
    return seqs;
  }

  /** Lets all but the oldest rows go; returns the places of what went. */
  keepOldest(count: number): number[] {
    if (this.#items.length <= count) {
      return [];
    }
    this.#items = this.#items.slice(0, count);
    const seqs = this.#seqs.splice(count);
    this.#newest = Math.max(this.#seqs.at(-1) ?? 0, (seqs[0] ?? 1) - 1);
    return seqs;
  }

  /** Lets all go; returns the places of what went. */
  dropAll(): number[] {
    this.#items = [];
    this.#oldest = null;
    this.#newest = null;
    return this.#seqs.splice(0);
  }

  /** The newest rows, as a stretch of their own. */
  tail(count: number): Stretch {
    const tail = new Stretch();
    tail.#items = [...this.#items];
    tail.#seqs = [...this.#seqs];
    [tail.#oldest, tail.#newest] = [this.#oldest, this.#newest];
    tail.keepNewest(count);
    return tail;
  }

  #push(seq: number, item: TimelineItem | null): void {
    if (item !== null) {
      this.#items.push(item);
      this.#seqs.push(seq);
    }
  }

  /** Index of the first row at or after this place. */
  #firstAt(seq: number): number {
    let [low, high] = [0, this.#seqs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seqs[middle] ?? 0) < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
