// One room in the sidebar: its kind, its name, what is unread, and a menu.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Chat, RoomCard } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { choices, chooseLevel, levelOf } from '../notify/choice.ts';
import { Popover } from '../popover.tsx';
import { addressOf } from '../room/share.ts';
import { strings } from '../strings.ts';
import { KindMark } from './kinds.tsx';

interface Props {
  readonly chat: Chat;
  readonly room: RoomCard;
  readonly current: boolean;
  readonly go: (id: string) => void;
  readonly leave: (id: string) => void;
  readonly say: (text: string) => void;
}

export function RoomEntry(props: Props) {
  const { room, current, go } = props;
  const open = useSignal(false);
  const more = useRef<HTMLButtonElement>(null);
  const words = strings.rooms;
  const waits = room.unread > 0 && !current;
  const muted = isMuted(room);
  const classes = ['room-entry', ...(waits ? ['waits'] : []), ...(muted ? ['muted'] : [])];
  return (
    <li class={classes.join(' ')}>
      <button
        type="button"
        class="room-button"
        data-room={room.id}
        onClick={() => go(room.id)}
        {...(current ? { 'aria-current': 'page' as const } : {})}
      >
        <KindMark kind={room.kind} name={room.name} />
        <bdi class="room-name">{room.name}</bdi>
        {room.kind !== 'public' && <span class="visually-hidden">{words.kind[room.kind]}</span>}
        {muted && (
          <>
            <Icon name="bellOff" />
            <span class="visually-hidden">{words.muted}</span>
          </>
        )}
        {waits && <Waiting room={room} />}
      </button>
      <button
        type="button"
        class="button quiet room-more"
        ref={more}
        aria-label={words.more(room.name)}
        aria-haspopup="menu"
        aria-expanded={open.value}
        onClick={() => {
          open.value = true;
        }}
      >
        <Icon name="more" />
      </button>
      {open.value && more.current !== null && (
        <Popover
          anchor={more.current}
          label={words.more(room.name)}
          kind="menu"
          close={() => {
            open.value = false;
          }}
        >
          <Entries
            {...props}
            close={() => {
              open.value = false;
              more.current?.focus(); // before what comes of it takes the focus, to give it back here
            }}
          />
        </Popover>
      )}
    </li>
  );
}

function isMuted(room: RoomCard): boolean {
  return levelOf(room, choices.value) === 'mute';
}

/** How much is unread; a mention has another shape, and a word for those who do not see it. */
function Waiting({ room }: { readonly room: RoomCard }) {
  const words = strings.rooms;
  const text = [words.unread(room.unread, room.exact), ...(room.mentions > 0 ? [words.mentions(room.mentions)] : [])];
  return (
    <>
      {room.mentions > 0 && (
        <span class="mention-badge" aria-hidden="true">
          @{words.count(room.mentions)}
        </span>
      )}
      <span class="unread-badge" aria-hidden="true">
        {words.count(room.unread)}
        {room.exact ? '' : '+'}
      </span>
      <span class="visually-hidden">{text.join(', ')}</span>
    </>
  );
}

function Entries({ room, leave, say, close }: Props & { readonly close: () => void }) {
  const words = strings.rooms;
  const doing = (run: () => void) => () => {
    close();
    run();
  };
  const address = addressOf(room);
  const muted = isMuted(room);
  const louder = room.kind === 'direct' ? 'all' : 'mentions';
  return (
    <>
      {address !== null && (
        <button
          type="button"
          role="menuitem"
          onClick={doing(() => void navigator.clipboard.writeText(address).then(() => say(strings.room.shared)))}
        >
          <Icon name="link" />
          {room.kind === 'public' ? words.copyLink : words.copyInvitation}
        </button>
      )}
      <button type="button" role="menuitem" onClick={doing(() => chooseLevel(room, muted ? louder : 'mute'))}>
        <Icon name={muted ? 'bell' : 'bellOff'} />
        {muted ? words.unmute : words.mute}
      </button>
      <button type="button" role="menuitem" onClick={doing(() => leave(room.id))}>
        <Icon name="leave" />
        {words.leave}
      </button>
    </>
  );
}
