// Which part of a timeline is in the document. Pure: the timeline, what was shown and whether the view follows the end
// go in, the next part comes out. Invariant: 0 <= start <= end <= number of items, and never more than WINDOW items.

/** All that this needs to know of an item. */
export interface Keyed {
  readonly key: string;
}

/** Half-open: items[start] up to, without, items[end]. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Items in the document at most: with a day line before each third of them still fewer than 400 rows. */
export const WINDOW = 300;
/** Items shown when a room is opened: two views of most screens. Higher ones ask for more at once. */
export const TAIL = 60;
/** Items taken in at one end when the view comes near it. */
export const CHUNK = 80;

export const EMPTY: Span = { start: 0, end: 0 };

export function tailOf(count: number, rows = TAIL): Span {
  return { start: Math.max(0, count - rows), end: count };
}

/** The part around one item. */
export function around(index: number, count: number): Span {
  const start = Math.max(0, Math.min(index - (TAIL >> 1), count - TAIL));
  return { start, end: Math.min(count, start + TAIL) };
}

export function shiftUp(span: Span): Span {
  const start = Math.max(0, span.start - CHUNK);
  return { start, end: Math.min(span.end, start + WINDOW) };
}

export function shiftDown(span: Span, count: number): Span {
  const end = Math.min(count, span.end + CHUNK);
  return { start: Math.max(span.start, end - WINDOW), end };
}

/**
 * The part to show after the timeline became `after`, so that what is read stays in the document. `tail`: as many items
 * the view needs while it follows the end; null when it does not. Those above go many at a time, because whatever goes
 * there moves all the others.
 */
export function adopt(span: Span, before: readonly Keyed[], after: readonly Keyed[], tail: number | null): Span {
  const added = moved(before, after);
  if (added === null) {
    return tailOf(after.length);
  }
  const start = Math.min(Math.max(0, span.start + added), after.length);
  if (tail !== null) {
    const full = after.length - start > Math.min(2 * tail, WINDOW);
    return full ? tailOf(after.length, Math.min(tail, WINDOW)) : { start, end: after.length };
  }
  const wanted = span.end === before.length ? after.length : span.end + added;
  const end = Math.min(wanted, start + WINDOW, after.length);
  return end > start ? { start, end } : tailOf(after.length);
}

/** How many items came behind the last one there was. */
export function fresh(before: readonly Keyed[], after: readonly Keyed[]): number {
  const last = before.at(-1)?.key;
  return after.length - 1 - after.findLastIndex(({ key }) => key === last);
}

/** How many items came in front, negative when some went; null when nothing of the old timeline is left to hold on to. */
function moved(before: readonly Keyed[], after: readonly Keyed[]): number | null {
  const place = placeOf(before[0], after);
  if (place !== null) {
    return place;
  }
  const gone = placeOf(after[0], before);
  return gone === null ? null : -gone;
}

function placeOf(wanted: Keyed | undefined, items: readonly Keyed[]): number | null {
  const place = items.findIndex((item) => item.key === wanted?.key);
  return place < 0 ? null : place;
}
