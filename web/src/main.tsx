// The page: one chat, drawn.

import { render } from 'preact';
import { createChat } from './store/browser.ts';
import type { Chat } from './store/types.ts';
import { App } from './ui/app.tsx';
import { allWords, speakAsChosen } from './ui/strings/language.ts';

/** What one waits for goes first; but for so long at most. */
const BEHIND_MS = 2_000;

const root = document.getElementById('app');
if (root !== null) {
  const chat = createChat();
  const show = () => render(<App chat={chat} />, root);
  const words = speakAsChosen();
  if (words === null) {
    show();
  } else {
    // Nothing is shown in another language first. Should the words not come, English is better than nothing.
    void words.then(show, show);
  }
  behind(chat, () => {
    // A chunk that is missing is missed when it is wanted.
    void Promise.all([import('./ui/room/entrance.ts'), allWords()])
      .then(([{ begin }]) => begin(chat))
      .catch(() => undefined);
  });
}

/** Runs this once, when one is in a room and the browser idle, or a while after the page has come. */
function behind(chat: Chat, run: () => void): void {
  const done = new AbortController();
  const first = () => {
    if (!done.signal.aborted) {
      done.abort();
      run();
    }
  };
  const stop = chat.room.subscribe((room) => room !== null && whenIdle(first));
  done.signal.addEventListener('abort', () => stop());
  addEventListener('load', () => setTimeout(first, BEHIND_MS), { once: true });
}

function whenIdle(run: () => void): void {
  if (typeof globalThis.requestIdleCallback === 'function') {
    requestIdleCallback(run, { timeout: BEHIND_MS });
  } else {
    setTimeout(run);
  }
}
