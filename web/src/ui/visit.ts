// Where one is: the address, the room that goes with it, and the name one had. Leaving by the browser's "back" is a
// deliberate leave, because the join page is what one then sees.

import { type Signal, signal } from '@preact/signals';
import type { Chat, JoinResult } from '../store/types.ts';
import { inTab, lasting } from './kept.ts';
import { parseRoute, type Route, roomPath } from './route.ts';

const NAME = 'chinwag.name';
const HERE = 'chinwag.here';

export class Visit {
  /** What the join page shows at first. */
  readonly wish: Signal<Route>;
  /** Whether that is to be joined without asking. */
  readonly atOnce: boolean;
  readonly #chat: Chat;

  constructor(chat: Chat) {
    this.#chat = chat;
    const route = parseRoute(location.pathname, location.search);
    const here = recallHere();
    const back = route.nick === '' && route.room !== '' && here?.room === route.room;
    this.atOnce = route.room !== '' && (route.nick !== '' || back);
    const nick = back ? here.nick : route.nick || lastName();
    this.wish = signal({ room: route.room, nick });
    if (location.search !== '') {
      history.replaceState(null, '', location.pathname);
    }
    addEventListener('popstate', () => this.#moved());
  }

  async join(room: string, nick: string): Promise<JoinResult> {
    const result = await this.#chat.join(room, nick);
    if (result.ok) {
      lasting.keep(NAME, nick);
      inTab.keep(HERE, JSON.stringify({ room, nick }));
      this.wish.value = { room, nick };
      setAddress(roomPath(room));
    }
    return result;
  }

  leave(): void {
    inTab.keep(HERE, null);
    setAddress('/');
    void this.#chat.leave();
  }

  #moved(): void {
    const { room } = parseRoute(location.pathname, location.search);
    if (this.#chat.room.peek() !== null && room === this.wish.peek().room) {
      return;
    }
    inTab.keep(HERE, null);
    this.wish.value = { room, nick: lastName() };
    if (this.#chat.room.peek() !== null) {
      void this.#chat.leave();
    }
  }
}

function setAddress(path: string): void {
  const onRoom = location.pathname.startsWith('/r/') && path.startsWith('/r/');
  if (onRoom || location.pathname === path) {
    history.replaceState(null, '', path);
  } else {
    history.pushState(null, '', path);
  }
}

function lastName(): string {
  return lasting.recall(NAME) ?? '';
}

function recallHere(): Route | null {
  try {
    const raw: unknown = JSON.parse(inTab.recall(HERE) ?? 'null');
    return isRoute(raw) ? raw : null;
  } catch {
    return null;
  }
}

function isRoute(raw: unknown): raw is Route {
  return (
    typeof raw === 'object' &&
    raw !== null &&
    'room' in raw &&
    typeof raw.room === 'string' &&
    'nick' in raw &&
    typeof raw.nick === 'string'
  );
}
