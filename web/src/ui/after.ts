// What a page does once it is shown: files for an opening without a network and for the time of a loss, whether there is a
// newer build, and telling of what comes while nobody looks.

import type { Chat } from '../store/types.ts';
import { tellNews } from './notify/tell.ts';
import { watchVersion } from './offline/fresh.ts';
import { registerWorker } from './offline/register.ts';
import { fetchReport } from './room/details.tsx';

/** What the browser's own tools, and tests, tell the end of loading by. */
const SETTLED = 'settled';

/** For as long as the page lives. */
export function begin(chat: Chat): void {
  void registerWorker(); // never rejects
  watchVersion(chat);
  tellNews(chat, new AbortController().signal);
  performance.mark(SETTLED);
  void fetchReport(); // never rejects
}
