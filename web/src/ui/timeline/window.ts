// Which part of a timeline is in the document. Pure: the timeline, what was shown and whether the view follows the end
// go in, the next part comes out. Invariant: 0 <= start <= end <= number of items, and never more than WINDOW items.

import type { TimelineItem } from '../../store/types.ts';

/** Half-open: items[start] up to, without, items[end]. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Items in the document at most: with a day line before each third of them still fewer than 400 rows. */
export const WINDOW = 300;
/** Items shown when a room is opened, and kept when the window is full while the view follows the end. */
export const TAIL = 120;
/** Items taken in at one end when the view comes near it. */
export const CHUNK = 80;

export const EMPTY: Span = { start: 0, end: 0 };

export function tailOf(count: number): Span {
  return { start: Math.max(0, count - TAIL), end: count };
}

export function shiftUp(span: Span): Span {
  const start = Math.max(0, span.start - CHUNK);
  return { start, end: Math.min(span.end, start + WINDOW) };
}

export function shiftDown(span: Span, count: number): Span {
  const end = Math.min(count, span.end + CHUNK);
  return { start: Math.max(span.start, end - WINDOW), end };
}

/** The part to show after the timeline became `after`, so that what is read stays in the document. */
export function adopt(
  span: Span,
  before: readonly TimelineItem[],
  after: readonly TimelineItem[],
  following: boolean,
): Span {
  const added = moved(before, after);
  if (added === null) {
    return tailOf(after.length);
  }
  const start = Math.min(Math.max(0, span.start + added), after.length);
  if (following) {
    return after.length - start > WINDOW ? tailOf(after.length) : { start, end: after.length };
  }
  const wanted = span.end === before.length ? after.length : span.end + added;
  const end = Math.min(wanted, start + WINDOW, after.length);
  return end > start ? { start, end } : tailOf(after.length);
}

/** How many items came in front, negative when some went; null when nothing of the old timeline is left to hold on to. */
function moved(before: readonly TimelineItem[], after: readonly TimelineItem[]): number | null {
  const place = placeOf(before[0], after);
  if (place !== null) {
    return place;
  }
  const gone = placeOf(after[0], before);
  return gone === null ? null : -gone;
}

function placeOf(wanted: TimelineItem | undefined, items: readonly TimelineItem[]): number | null {
  const place = items.findIndex((item) => item.key === wanted?.key);
  return place < 0 ? null : place;
}
