// Ties the feed to the room and to the window: what counts as seen and as read, and what the window's title says.

import { effect } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { watchReading } from '../notify/reading.ts';
import { unseen, watchUnseen } from '../notify/unseen.ts';
import { strings } from '../strings.ts';
import type { Feed } from '../timeline/feed.ts';
import type { Scroller } from '../timeline/scroller.ts';

/** Returns what ends the watching. */
export function watchRoom(chat: Chat, feed: Feed, scroller: Scroller): () => void {
  const onVisibility = () => {
    if (document.hidden) {
      feed.hidden(scroller.isFollowing());
    } else {
      feed.shown();
    }
  };
  document.addEventListener('visibilitychange', onVisibility);
  const stopUnseen = watchUnseen(chat);
  const stopReading = watchReading(chat);
  const stopTitle = effect(() => {
    const room = chat.room.value;
    if (room !== null) {
      const name = room.kind === 'direct' ? room.name : `#${room.name}`;
      document.title = strings.room.title(name, unseen.value);
    }
  });
  const stopFeed = chat.room.subscribe((room) => {
    feed.keepUp(room?.timeline ?? []);
    // A stretch of the past is no news.
    if (room !== null && !room.hasNewer) {
      feed.take(room.timeline, { following: scroller.isFollowing(), hidden: document.hidden });
    }
  });
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    stopUnseen();
    stopReading();
    stopTitle();
    stopFeed();
  };
}
