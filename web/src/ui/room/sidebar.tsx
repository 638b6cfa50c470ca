// The room's name and its users: beside the conversation, or in the drawer.

import type { Chat } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { Users } from '../people/users.tsx';
import { strings } from '../strings.ts';

export function Sidebar({ chat }: { readonly chat: Chat }) {
  const room = chat.room.value;
  if (room === null) {
    return null;
  }
  return (
    <>
      <p class="brand">
        <Mark />
        <span>{strings.product}</span>
      </p>
      <p class="sidebar-room" dir="auto">
        {room.name}
      </p>
      <Users room={room} />
    </>
  );
}
