// From items to rows: which message shows its writer again, and where a day or the unread part begins.

import type { Message, ServerLine, TimelineItem } from '../../store/types.ts';
import type { Span } from './window.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'line'; readonly key: string; readonly item: ServerLine }
  | { readonly kind: 'message'; readonly key: string; readonly item: Message; readonly headed: boolean };

/** Messages of one author closer together than this share one head. */
export const GROUP_MS = 5 * 60_000;

/** The rows of `items` inside `span`; `unreadFrom` is the sequence number of the first unread message. */
export function rowsOf(
  items: readonly TimelineItem[],
  span: Span,
  dayOf: (at: number) => string,
  unreadFrom: number | null,
): Row[] {
  const rows: Row[] = [];
  let previous = items[span.start - 1];
  for (const item of items.slice(span.start, span.end)) {
    const newDay = previous === undefined || dayOf(previous.at) !== dayOf(item.at);
    const unread = item.kind === 'message' && unreadFrom !== null && item.seq === unreadFrom;
    if (newDay) {
      rows.push({ kind: 'day', key: `day ${item.key}`, at: item.at });
    }
    if (unread) {
      rows.push({ kind: 'unread', key: 'unread' });
    }
    rows.push(rowOf(item, !newDay && !unread && continues(previous, item)));
    previous = item;
  }
  return rows;
}

/** Whether `item` goes on what `previous` began: same author and name, and close in time. */
export function continues(previous: TimelineItem | undefined, item: TimelineItem): boolean {
  return (
    previous?.kind === 'message' &&
    item.kind === 'message' &&
    previous.author === item.author &&
    previous.nick === item.nick &&
    Math.abs(item.at - previous.at) < GROUP_MS
  );
}

function rowOf(item: TimelineItem, grouped: boolean): Row {
  return item.kind === 'line'
    ? { kind: 'line', key: item.key, item }
    : { kind: 'message', key: item.key, item, headed: !grouped };
}
