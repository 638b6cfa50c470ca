// From items to rows: which message shows its writer again, and where a day or the unread part begins.

import type { Message, ServerLine } from '../../store/types.ts';
import type { Fold, Shown } from './folds.ts';
import type { Span } from './window.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'line'; readonly key: string; readonly item: ServerLine }
  | { readonly kind: 'fold'; readonly key: string; readonly item: Fold }
  | { readonly kind: 'message'; readonly key: string; readonly item: Message; readonly headed: boolean };

/** Messages of one author closer together than this share one head. */
export const GROUP_MS = 5 * 60_000;

/** The rows of `items` inside `span`, below the day of the first; `unreadFrom` is the sequence number of the first unread message. */
export function rowsOf(
  items: readonly Shown[],
  span: Span,
  dayOf: (at: number) => string,
  unreadFrom: number | null,
): Row[] {
  const rows: Row[] = [];
  const unreadKey = unreadFrom === null ? null : (firstFrom(items, unreadFrom)?.key ?? null);
  let previous = items[span.start - 1];
  for (const item of items.slice(span.start, span.end)) {
    const newDay = previous === undefined || dayOf(previous.at) !== dayOf(item.at);
    const unread = item.key === unreadKey;
    if (newDay) {
      rows.push({ kind: 'day', key: `day ${item.key}`, at: item.at });
    } else if (rows.length === 0) {
      rows.push({ kind: 'day', key: 'day of the first row', at: item.at });
    }
    if (unread) {
      rows.push({ kind: 'unread', key: 'unread' });
    }
    rows.push(rowOf(item, !newDay && !unread && continues(previous, item)));
    previous = item;
  }
  return rows;
}

/** The first message whose sequence number is this one or higher. */
export function firstFrom(items: readonly Shown[], seq: number): Message | null {
  let found: Message | null = null;
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i];
    if (item?.kind === 'message' && item.seq > 0) {
      if (item.seq < seq) {
        break;
      }
      found = item;
    }
  }
  return found;
}

/** Whether `item` goes on what `previous` began: same author and name, close in time, and no answer to something else. */
export function continues(previous: Shown | undefined, item: Shown): boolean {
  return (
    previous?.kind === 'message' &&
    item.kind === 'message' &&
    item.reply === null &&
    previous.author === item.author &&
    previous.nick === item.nick &&
    Math.abs(item.at - previous.at) < GROUP_MS
  );
}

function rowOf(item: Shown, grouped: boolean): Row {
  switch (item.kind) {
    case 'line':
      return { kind: 'line', key: item.key, item };
    case 'fold':
      return { kind: 'fold', key: item.key, item };
    case 'message':
      return { kind: 'message', key: item.key, item, headed: !grouped };
  }
}

/** What rows were drawn as: one that has not changed is the same again, which is quicker than to find that out of it. */
export class Drawn<T> {
  readonly #draw: (row: Row) => T;
  #known: ReadonlyMap<string, { readonly row: Row; readonly as: T }> = new Map();

  constructor(draw: (row: Row) => T) {
    this.#draw = draw;
  }

  all(rows: readonly Row[]): readonly T[] {
    const drawn = rows.map((row) => {
      const known = this.#known.get(row.key);
      return known !== undefined && same(known.row, row) ? known : { row, as: this.#draw(row) };
    });
    this.#known = new Map(drawn.map((one) => [one.row.key, one]));
    return drawn.map(({ as }) => as);
  }
}

function same(one: Row, other: Row): boolean {
  switch (one.kind) {
    case 'day':
      return other.kind === 'day' && other.at === one.at;
    case 'unread':
      return other.kind === 'unread';
    case 'line':
    case 'fold':
      return other.kind === one.kind && other.item === one.item;
    case 'message':
      return other.kind === 'message' && other.item === one.item && other.headed === one.headed;
  }
}
