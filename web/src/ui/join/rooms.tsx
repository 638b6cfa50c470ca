// Beside the form: where people are talking. A click fills in the room. Silent if there is nothing, or nobody to ask.

import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat, PublicRoom } from '../../store/types.ts';
import { roomPath } from '../route.ts';
import { strings } from '../strings.ts';

/** As many as stand below a form without being in its way. */
const MOST = 5;

interface Props {
  readonly chat: Chat;
  readonly choose: (room: string) => void;
}

export function OpenRooms({ chat, choose }: Props) {
  const rooms = useSignal<readonly PublicRoom[]>([]);
  useEffect(() => {
    let wanted = true;
    const stop = effect(() => {
      if (chat.connection.value.kind === 'live') {
        void chat.directory('').then((found) => {
          if (wanted) {
            rooms.value = found.slice(0, MOST);
          }
        });
      }
    });
    return () => {
      wanted = false;
      stop();
    };
  }, [chat, rooms]);
  const words = strings.join;
  if (rooms.value.length === 0) {
    return null;
  }
  return (
    <ul class="open-rooms" aria-label={words.rooms}>
      {rooms.value.map(({ name, members }) => (
        <li key={name}>
          <a
            href={roomPath(name)}
            onClick={(event) => {
              if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                event.preventDefault();
                choose(name);
              }
            }}
          >
            <bdi>{name}</bdi> <span class="open-room-count">{words.members(members)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
