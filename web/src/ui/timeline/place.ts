// Decisions about the scroll position, from numbers alone.

export interface Metrics {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** As close to the end as this counts as being there. */
export const NEAR_END_PX = 100;
/** Rows are added this far ahead of the view at most: on very high screens a whole view would be most of the window. */
const AHEAD_PX = 1_200;
/** No row is lower, in the smallest type. */
const LEAST_ROW_PX = 22;
const MORE_ROWS = 6;

export function isNearEnd({ scrollTop, scrollHeight, clientHeight }: Metrics): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
}

/**
 * Whether a person moved the view. While it follows the end, a box that changes its size moves it too: a composer that
 * shrinks and grows within one frame must not look like scrolling up.
 */
export function movedByHand(last: Metrics, now: Metrics, following: boolean): boolean {
  const sameSize = last.scrollHeight === now.scrollHeight && last.clientHeight === now.clientHeight;
  return (sameSize || !following) && Math.abs(now.scrollTop - last.scrollTop) >= 1;
}

/** Whether rows should be added above: less than one view is left there. */
export function wantsAbove({ scrollTop, clientHeight }: Metrics): boolean {
  return scrollTop < Math.min(clientHeight, AHEAD_PX);
}

export function wantsBelow({ scrollTop, scrollHeight, clientHeight }: Metrics): boolean {
  return scrollHeight - scrollTop - clientHeight < Math.min(clientHeight, AHEAD_PX);
}

/** So many rows fill the view, however low they are. */
function rowsInView(clientHeight: number): number {
  return Math.ceil(clientHeight / LEAST_ROW_PX) + MORE_ROWS;
}

/** Whether so many new rows at once that what was in view is gone: nobody can read that. */
export function isTorrent(clientHeight: number, fresh: number): boolean {
  return clientHeight > 0 && fresh >= rowsInView(clientHeight);
}

/** So many rows are enough at the end of the timeline: in a torrent one view, otherwise as many as leave none wanted above. */
export function rowsAtEnd(clientHeight: number, torrent: boolean): number {
  return rowsInView(torrent ? clientHeight : clientHeight + Math.min(clientHeight, AHEAD_PX));
}

/** Whether older entries should be asked for: less than one view is left above, whatever its height. */
export function wantsOlder({ scrollTop, clientHeight }: Metrics): boolean {
  return scrollTop < clientHeight;
}
