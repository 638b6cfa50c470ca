// Ties the feed to the room and to the window: what counts as seen, and what the window's title says.

import { effect } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
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
  const stopTitle = effect(() => {
    const room = chat.room.value;
    if (room !== null) {
      document.title = strings.room.title(room.name, feed.unseen.value);
    }
  });
  const stopFeed = chat.room.subscribe((room) => {
    if (room !== null) {
      feed.take(room.timeline, { following: scroller.isFollowing(), hidden: document.hidden });
    }
  });
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    stopTitle();
    stopFeed();
  };
}
