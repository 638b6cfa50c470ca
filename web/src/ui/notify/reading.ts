// What counts as read (L14): up to the last row that is to be seen, and only while the page is looked at.

import type { Chat, Room } from '../../store/types.ts';
import { isLooking } from './unseen.ts';

/** Rows come in floods; nobody reads faster. */
const EVERY_MS = 150;
/** Rows end between pixels. */
const ALMOST_PX = 4;

/** Returns what ends the watching. */
export function watchReading(chat: Chat): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const look = () => {
    timer = null;
    const seen = isLooking() ? seenIn(chat.room.peek()) : null;
    if (seen !== null) {
      chat.markRead(seen);
    }
  };
  const soon = () => {
    timer ??= setTimeout(look, EVERY_MS);
  };
  addEventListener('focus', soon, { signal });
  addEventListener('resize', soon, { signal });
  document.addEventListener('visibilitychange', soon, { signal });
  // Scrolling does not bubble.
  document.addEventListener('scroll', soon, { signal, capture: true, passive: true });
  const stop = chat.room.subscribe(soon);
  return () => {
    ended.abort();
    stop();
    clearTimeout(timer ?? undefined);
  };
}

/** The sequence number up to which one sees the room; null if one sees nothing of it. */
function seenIn(room: Room | null): number | null {
  const box = document.querySelector('.timeline');
  const key = box === null ? null : lastSeen(box);
  if (room === null || key === null) {
    return null;
  }
  const at = room.timeline.findIndex((item) => item.key === key);
  const rest = room.timeline.slice(at + 1);
  if (at === -1) {
    return null;
  }
  // Behind the last message there may be reactions and other things without a row.
  if (!room.hasNewer && !rest.some((item) => item.kind === 'message' && item.seq > 0)) {
    return room.head;
  }
  const last = room.timeline.slice(0, at + 1).findLast((item) => item.kind === 'message' && item.seq > 0);
  return last?.kind === 'message' ? last.seq : null;
}

/** The key of the last row whose end is in view; of a row that is larger than the view, if it fills it. */
export function lastSeen(box: Element): string | null {
  const { top, bottom } = box.getBoundingClientRect();
  const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')];
  const seen = rows.findLast((row) => {
    const at = row.getBoundingClientRect();
    const ends = at.bottom <= bottom + ALMOST_PX && at.bottom > top;
    return ends || (at.top <= top && at.bottom > bottom);
  });
  return seen?.dataset['row'] || null;
}
