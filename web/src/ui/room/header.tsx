// Over the conversation: where one is, how the connection is, and what one can do here.

import { useComputed } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { narrow, slim } from '../media.ts';
import { Bell } from '../notify/bell.tsx';
import { drawer, peopleBeside, turnPeopleBeside } from '../panels.ts';
import { KindMark } from '../rooms/kinds.tsx';
import { strings } from '../strings.ts';
import { RoomActions } from './actions.tsx';
import { ConnectionStatus } from './connection.tsx';
import { Topic } from './topic.tsx';

interface Props {
  readonly chat: Chat;
  readonly leave: () => void;
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
}

export function Header({ chat, leave, say, complain }: Props) {
  const name = useComputed(() => chat.room.value?.name ?? '').value;
  const kind = useComputed(() => chat.room.value?.kind ?? 'public').value;
  return (
    <header class="room-head" data-region>
      {narrow.value && <RoomsButton chat={chat} />}
      <div class="room-title">
        <div class="room-line">
          <h1 dir="auto">
            {kind !== 'direct' && <KindMark kind={kind} name={name} />}
            <span>{name}</span>
          </h1>
          {!narrow.value && kind !== 'direct' && <Topic chat={chat} complain={complain} />}
        </div>
        <ConnectionStatus chat={chat} />
      </div>
      {!narrow.value && <RoomActions chat={chat} leave={leave} say={say} complain={complain} />}
      <Bell chat={chat} />
      <PeopleButton chat={chat} />
    </header>
  );
}

/** The number says in how many other rooms something waits. */
function RoomsButton({ chat }: { readonly chat: Chat }) {
  const waiting = useComputed(() => {
    const open = chat.room.value?.id;
    return chat.rooms.value.filter(({ id, unread }) => id !== open && unread > 0).length;
  }).value;
  return (
    <button
      type="button"
      class="button quiet rooms-button"
      aria-label={strings.rooms.show}
      aria-haspopup="dialog"
      {...(waiting > 0 ? { 'data-count': waiting } : {})}
      onClick={() => {
        drawer.value = 'rooms';
      }}
    >
      <Icon name="menu" />
    </button>
  );
}

function PeopleButton({ chat }: { readonly chat: Chat }) {
  const count = useComputed(() => chat.room.value?.members.length ?? 0).value;
  const asDrawer = slim.value;
  const state = asDrawer ? { 'aria-haspopup': 'dialog' as const } : { 'aria-expanded': peopleBeside.value };
  const turn = () => {
    if (asDrawer) {
      drawer.value = 'people';
    } else {
      turnPeopleBeside();
    }
  };
  return (
    <button
      type="button"
      class="button quiet users-button"
      aria-label={strings.room.users}
      title={strings.room.userCount(count)}
      data-count={strings.rooms.count(count)}
      onClick={turn}
      {...state}
    >
      <Icon name="users" />
    </button>
  );
}
