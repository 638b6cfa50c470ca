// The keys that work everywhere on the page of a room.

import type { Chat } from '../../store/types.ts';
import { dialog, openDialog, openSearch } from '../panels.ts';
import { strings } from '../strings.ts';
import { nextRegion } from './regions.ts';
import { actionOf, type PageAction } from './table.ts';

export interface Around {
  readonly go: (id: string) => void;
  readonly say: (text: string) => void;
}

/** Returns what ends the listening. */
export function listen(chat: Chat, around: Around): () => void {
  const stop = new AbortController();
  const onKey = (event: KeyboardEvent) => {
    const action = event.isComposing ? null : actionOf(event);
    if (action === null || !isFor(action, event)) {
      return;
    }
    // Before the composer takes a stray key for the beginning of a message.
    event.preventDefault();
    event.stopPropagation();
    act(action, chat, around);
  };
  addEventListener('keydown', onKey, { signal: stop.signal, capture: true });
  return () => stop.abort();
}

function isFor(action: PageAction, { key, target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog:modal') !== null) {
    return false;
  }
  const writes = target instanceof Element && target.closest('input, textarea, select') !== null;
  return !(action === 'sheet' && key === '?' && writes);
}

function act(action: PageAction, chat: Chat, { go, say }: Around): void {
  switch (action) {
    case 'switcher':
      openDialog('switcher');
      return;
    case 'sheet':
      dialog.value = dialog.peek() === 'shortcuts' ? null : 'shortcuts';
      return;
    case 'search':
      openSearch('');
      return;
    case 'previousRoom':
    case 'nextRoom':
    case 'previousUnread':
    case 'nextUnread': {
      const id = neighbour(chat, action);
      if (id !== null) {
        go(id);
      }
      return;
    }
    case 'allRead':
      chat.markAllRead();
      say(strings.rooms.allRead);
      return;
    case 'regions':
      nextRegion(1);
      return;
    case 'regionsBack':
      nextRegion(-1);
  }
}

type Step = 'previousRoom' | 'nextRoom' | 'previousUnread' | 'nextUnread';

/** The room before or behind the open one in the sidebar, round and round; null where there is none. */
export function neighbour(chat: Pick<Chat, 'rooms' | 'room'>, step: Step): string | null {
  const rooms = inSidebar(chat);
  const at = rooms.findIndex(({ id }) => id === chat.room.peek()?.id);
  const by = step === 'nextRoom' || step === 'nextUnread' ? 1 : -1;
  const unreadOnly = step === 'nextUnread' || step === 'previousUnread';
  for (let i = 1; i < rooms.length; i += 1) {
    const room = rooms[(at + by * i + rooms.length * i) % rooms.length];
    if (room !== undefined && (!unreadOnly || room.unread > 0)) {
      return room.id;
    }
  }
  return null;
}

function inSidebar({ rooms }: Pick<Chat, 'rooms'>) {
  const all = rooms.peek();
  return [...all.filter(({ kind }) => kind !== 'direct'), ...all.filter(({ kind }) => kind === 'direct')];
}
