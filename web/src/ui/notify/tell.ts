// Who is told of what: of each message at most once on a device, and never where somebody looks at its room.

import { effect } from '@preact/signals';
import type { Chat, News } from '../../store/types.ts';
import { destination } from '../destination.ts';
import { badge } from './badge.ts';
import { choices, levelOf } from './choice.ts';
import { isShown, type Shown, show, withdraw } from './desktop.ts';
import { permission, watchPermission } from './permission.ts';
import { play } from './sound.ts';
import { Eyes, isSeen, tells } from './tabs.ts';
import { isLooking, unseen } from './unseen.ts';

/** A room that talks without a pause is told of this often. */
const PACE_MS = 1_500;

export function tellNews(chat: Chat, signal: AbortSignal): void {
  const paces = new Map<string, Pace>();
  const go = (shown: Shown) => {
    globalThis.focus();
    chat.activate(shown.room);
    destination.value = shown.seq;
  };
  watchPermission(signal);
  watchEyes(chat, signal);
  chat.onNews((news) => {
    if (isWorthTelling(news)) {
      const pace = paces.get(news.room.id) ?? new Pace();
      paces.set(news.room.id, pace);
      pace.take(() => void tell(news, go)); // never rejects
    }
  }, signal);
  const opened = ({ data }: MessageEvent<unknown>) => {
    const shown = (data as { readonly shown?: unknown } | null)?.shown;
    if (isShown(shown)) {
      go(shown);
    }
  };
  navigator.serviceWorker?.addEventListener('message', opened, { signal });
  signal.addEventListener(
    'abort',
    effect(() => badge(unseen.value)),
    { once: true },
  );
}

/** By what was chosen for the room. */
export function isWorthTelling({ room, mention }: News): boolean {
  switch (levelOf(room, choices.peek())) {
    case 'all':
      return true;
    case 'mentions':
      return mention;
    case 'mute':
      return false;
  }
}

async function tell(news: News, go: (shown: Shown) => void): Promise<void> {
  const { desktop, sound, volume } = choices.peek();
  const shows = desktop && permission.peek() === 'granted';
  if (!shows && !sound) {
    return;
  }
  try {
    if ((await isSeen(news.room.id)) || !(await tells(`${news.room.id} ${news.seq}`))) {
      return;
    }
  } catch {
    // Without word from the other tabs, twice is better than never.
  }
  if (sound) {
    play(volume);
  }
  if (shows) {
    show(news, go);
  }
}

/** Lets the other tabs know which room is looked at here, and takes back what was told of it. */
function watchEyes(chat: Chat, signal: AbortSignal): void {
  const eyes = new Eyes();
  const look = () => {
    const room = isLooking() ? (chat.room.peek()?.id ?? null) : null;
    eyes.on(room);
    if (room !== null) {
      withdraw(room);
    }
  };
  addEventListener('focus', look, { signal });
  addEventListener('blur', look, { signal });
  document.addEventListener('visibilitychange', look, { signal });
  signal.addEventListener('abort', chat.room.subscribe(look), { once: true });
}

/** The first at once, and of those that follow too fast only the last. */
class Pace {
  #resting = false;
  #latest: (() => void) | null = null;

  take(run: () => void): void {
    if (this.#resting) {
      this.#latest = run;
      return;
    }
    this.#resting = true;
    run();
    setTimeout(() => {
      this.#resting = false;
      const latest = this.#latest;
      this.#latest = null;
      if (latest !== null) {
        this.take(latest);
      }
    }, PACE_MS);
  }
}
