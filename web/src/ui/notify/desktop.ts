// Notifications on the desktop. What people wrote goes into them as plain text, bounded and in its own direction. One a
// room at a time: the next takes the place of the one before.

import type { News } from '../../store/types.ts';
import { strings } from '../strings.ts';
import { isolated, plain } from './words.ts';

/** Where a click leads. */
export interface Shown {
  readonly room: string;
  readonly seq: number;
}

const NAME_CHARS = 64;
const ICON = '/icon-192.png';

const open = new Map<string, Notification>();

export function show(news: News, go: (shown: Shown) => void): void {
  const { room, seq } = news;
  const shown: Shown = { room: room.id, seq };
  const options = {
    body: isolated(news.text === null ? strings.notify.location : plain(news.text)),
    tag: `chinwag.${room.id}`,
    icon: ICON,
    silent: true,
    data: shown,
  };
  try {
    const notification = new Notification(titleOf(news), options);
    notification.onclick = () => {
      notification.close();
      go(shown);
    };
    open.set(room.id, notification);
  } catch {
    // On phones only the worker may show them; a click comes back as a message (see worker/sw.ts).
    void navigator.serviceWorker
      ?.getRegistration()
      .then((worker) => worker?.showNotification(titleOf(news), options))
      .catch(() => undefined); // there is no other way
  }
}

/** Somebody looks at the room: what its notification said is seen. */
export function withdraw(room: string): void {
  open.get(room)?.close();
  open.delete(room);
}

function titleOf({ room, nick }: News): string {
  const name = isolated(plain(nick, NAME_CHARS));
  return room.kind === 'direct' ? name : strings.notify.from(name, isolated(plain(placeOf(room), NAME_CHARS)));
}

/** As the title of the window has it. */
export function placeOf({ kind, name }: News['room']): string {
  return kind === 'direct' ? name : `#${name}`;
}

export function isShown(value: unknown): value is Shown {
  const { room, seq } = (value ?? {}) as Partial<Shown>;
  return typeof room === 'string' && typeof seq === 'number';
}
