// Leaving a room to which nothing leads back is asked about first. Decides which rooms those are.

import { signal } from '@preact/signals';
import type { Chat, RoomCard } from '../store/types.ts';

/** What one is asked about. */
export interface Leaving {
  /** `RoomCard.id`. */
  readonly id: string;
  readonly leave: () => void;
}

export const leaving = signal<Leaving | null>(null);

/** Leaves at once, or asks. */
export function leaveOrAsk(chat: Chat, wish: Leaving): void {
  if (needsAsking(chat, wish.id)) {
    leaving.value = wish;
  } else {
    wish.leave();
  }
}

export function needsAsking(chat: Chat, id: string): boolean {
  const card = chat.rooms.peek().find((room) => room.id === id);
  return card !== undefined && canBeLost(card);
}

/** A room of two lets one in again by the other one, if that one is there. */
function canBeLost({ kind, alone }: RoomCard): boolean {
  switch (kind) {
    case 'public':
      return false;
    case 'private':
      return true;
    case 'direct':
      return alone;
  }
}
