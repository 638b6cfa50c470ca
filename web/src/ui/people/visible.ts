// Which rows of a long list are in the document.

/** The height of one row, and of one for fingers; the style sheet says the same (--user-row). */
export const ROW_PX = 40;
export const TOUCH_ROW_PX = 44;
/** Rows beyond the view on either side, so that scrolling shows no gap. */
const BEYOND = 10;
/** Rows at most, whatever the view claims its height to be. */
const MOST = 60;

export function visibleRows(
  count: number,
  top: number,
  { height, row = ROW_PX }: { readonly height: number; readonly row?: number },
): { readonly first: number; readonly end: number } {
  const wanted = Math.min(MOST, Math.ceil(height / row) + 2 * BEYOND);
  const latest = Math.max(0, count - wanted);
  const first = Math.min(latest, Math.max(0, Math.floor(top / row) - BEYOND));
  return { first, end: Math.min(count, first + wanted) };
}
