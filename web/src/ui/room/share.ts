// The address that leads others into a room.

import type { RoomCard } from '../../store/types.ts';
import { roomPath } from '../route.ts';

/** Null where there is none to give away: in a direct message. */
export function addressOf({ kind, name, invitation }: Pick<RoomCard, 'kind' | 'name' | 'invitation'>): string | null {
  return kind === 'public' ? location.origin + roomPath(name) : invitation;
}
