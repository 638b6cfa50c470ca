// A message by its place in the log.

import type { Message, TimelineItem } from '../store/types.ts';

/** As it stands now; null if it is not loaded. */
export function placed(items: readonly TimelineItem[], seq: number): Message | null {
  const found = items.findLast((item) => item.kind === 'message' && item.seq === seq);
  return found?.kind === 'message' ? found : null;
}
