// The room's name and its users: beside the conversation, or in the drawer.

import { useComputed } from '@preact/signals';
import type { Chat, Member } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { Users } from '../people/users.tsx';
import { strings } from '../strings.ts';

const NOBODY: readonly Member[] = [];

export function Sidebar({ chat }: { readonly chat: Chat }) {
  // Not the room as a whole: a message must not draw everybody again.
  const name = useComputed(() => chat.room.value?.name ?? '');
  const members = useComputed(() => chat.room.value?.members ?? NOBODY).value;
  const you = useComputed(() => chat.room.value?.you ?? 0).value;
  return (
    <>
      <p class="brand">
        <Mark />
        <span>{strings.product}</span>
      </p>
      <p class="sidebar-room" dir="auto">
        {name}
      </p>
      <Users members={members} you={you} />
    </>
  );
}
