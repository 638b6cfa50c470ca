// What a room is called.

import type { Lodging } from '../session/slot.ts';
import { kindOf } from './targets.ts';
import type { Member, Room } from './types.ts';

/** `name`: as the server has it. A room of two is called by the other one. */
export function titleOf(
  lodging: Lodging,
  { name, members, you }: { readonly name: string; readonly members: readonly Member[]; readonly you: number },
): Pick<Room, 'id' | 'kind' | 'name'> {
  const kind = kindOf(lodging);
  const others = members.filter(({ id }) => id !== you);
  const other = others.length === 1 ? others[0]?.nick : lodging.direct?.nick;
  return { id: lodging.place.id, kind, name: kind === 'direct' ? (other ?? name) : name };
}
