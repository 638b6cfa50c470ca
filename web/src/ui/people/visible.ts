// Which rows of a long list are in the document.

/** Up to this many all are. */
export const ALL_ROWS = 200;
/** The height of one row; the style sheet says the same (--user-row). */
export const ROW_PX = 40;
/** Rows beyond the view on either side, so that scrolling shows no gap. */
const BEYOND = 10;
/** Rows at most, whatever the view claims its height to be. */
const MOST = 60;

export function visibleRows(
  count: number,
  top: number,
  height: number,
): { readonly first: number; readonly end: number } {
  const wanted = Math.min(MOST, Math.ceil(height / ROW_PX) + 2 * BEYOND);
  const latest = Math.max(0, count - wanted);
  const first = Math.min(latest, Math.max(0, Math.floor(top / ROW_PX) - BEYOND));
  return { first, end: Math.min(count, first + wanted) };
}
