// What one writes in another tab stands here too.

import { draftRoom } from './draft.ts';
import type { Writing } from './writing.ts';

/** Returns what ends it. */
export function followDrafts(writingIn: (room: string) => Writing | undefined): () => void {
  const stop = new AbortController();
  const onStorage = ({ key, newValue }: StorageEvent) => {
    const room = draftRoom(key);
    if (room !== null) {
      writingIn(room)?.adopt(newValue ?? '');
    }
  };
  addEventListener('storage', onStorage, { signal: stop.signal });
  return () => stop.abort();
}
