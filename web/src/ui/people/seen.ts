// When somebody who is not here was last seen, as far as the loaded part of the room tells.

import type { TimelineItem } from '../../store/types.ts';

/** The time of their last message or leave; null if neither is loaded. */
export function lastSeen(items: readonly TimelineItem[], nick: string): number | null {
  const item = items.findLast((one) =>
    one.kind === 'message' ? one.nick === nick : one.event.kind !== 'notice' && one.event.nick === nick,
  );
  return item?.at ?? null;
}
