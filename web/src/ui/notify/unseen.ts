// How much has come since one looked away: what the title and the icon say while the page is hidden or has not the focus.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Chat, RoomCard } from '../../store/types.ts';
import { choices, levelOf } from './choice.ts';

/** What was unread in each room when one looked away; null while one looks. */
type Before = ReadonlyMap<string, number> | null;

const count = signal(0);
export const unseen: ReadonlySignal<number> = count;

export function isLooking(): boolean {
  return !document.hidden && document.hasFocus();
}

/** Returns what ends the watching. */
export function watchUnseen(chat: Chat): () => void {
  const ended = new AbortController();
  const { signal: until } = ended;
  const before = signal<Before>(isLooking() ? null : unread(chat.rooms.peek()));
  const look = () => {
    const away = !isLooking();
    if (away !== (before.peek() !== null)) {
      before.value = away ? unread(chat.rooms.peek()) : null;
    }
  };
  addEventListener('focus', look, { signal: until });
  addEventListener('blur', look, { signal: until });
  document.addEventListener('visibilitychange', look, { signal: until });
  const told = computed(() => chat.rooms.value.filter((room) => levelOf(room, choices.value) !== 'mute'));
  const stop = effect(() => {
    count.value = since(before.value, told.value);
  });
  return () => {
    ended.abort();
    stop();
  };
}

/** What another tab has read meanwhile is not new any more. */
export function since(before: Before, rooms: readonly Pick<RoomCard, 'id' | 'unread'>[]): number {
  const more = rooms.map(({ id, unread }) => Math.max(0, unread - (before?.get(id) ?? 0)));
  return before === null ? 0 : more.reduce((sum, one) => sum + one, 0);
}

function unread(rooms: readonly RoomCard[]): ReadonlyMap<string, number> {
  return new Map(rooms.map((room) => [room.id, room.unread]));
}
