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

export function isNearEnd({ scrollTop, scrollHeight, clientHeight }: Metrics): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
}

/** Whether rows should be added above: less than one view is left there. */
export function wantsAbove({ scrollTop, clientHeight }: Metrics): boolean {
  return scrollTop < Math.min(clientHeight, AHEAD_PX);
}

export function wantsBelow({ scrollTop, scrollHeight, clientHeight }: Metrics): boolean {
  return scrollHeight - scrollTop - clientHeight < Math.min(clientHeight, AHEAD_PX);
}

/** Whether older entries should be asked for: less than one view is left above, whatever its height. */
export function wantsOlder({ scrollTop, clientHeight }: Metrics): boolean {
  return scrollTop < clientHeight;
}
