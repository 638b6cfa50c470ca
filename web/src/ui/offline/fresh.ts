// Whether the server has another build of the client than this page (K7). Asked whenever a connection is there again,
// since only then the server can be another; what to do about it is for whoever looks at the page.

import { effect } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { BUILD } from './build.ts';
import { newVersion } from './newer.ts';
import { renewWorker } from './register.ts';

const META = /<meta name="build" content="([0-9a-f]+)"/u;

/** Returns what ends the watching. */
export function watchVersion(chat: Chat): () => void {
  // A page that came straight from the server is of its build: nothing is to be asked at the first connection.
  let worthAsking = navigator.serviceWorker?.controller != null || chat.moves.peek().length > 0;
  let live = false;
  return effect(() => {
    const before = live;
    live = chat.connection.value.kind === 'live';
    if (live && !before && worthAsking) {
      void look(); // never rejects
    }
    worthAsking ||= live;
  });
}

async function look(): Promise<void> {
  if (BUILD === '' || newVersion.peek()) {
    return;
  }
  try {
    const page = await fetch('/', { cache: 'no-cache', credentials: 'omit' });
    const theirs = META.exec(await page.text())?.[1];
    newVersion.value = theirs !== undefined && theirs !== BUILD;
  } catch {
    return; // the next connection will tell
  }
  if (newVersion.peek()) {
    await renewWorker();
  }
}
