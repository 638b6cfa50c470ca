// One's rooms: which they are, what is unread in them, and the way to others.

import { useComputed } from '@preact/signals';
import type { Chat, RoomCard } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { Icon } from '../icon.tsx';
import { narrow } from '../media.ts';
import { drawer, openDialog, openSearch } from '../panels.ts';
import { Avatar } from '../people/avatar.tsx';
import { strings } from '../strings.ts';
import { RoomEntry } from './entry.tsx';

interface Props {
  readonly chat: Chat;
  readonly go: (id: string) => void;
  readonly leave: (id: string) => void;
  readonly say: (text: string) => void;
}

export function Sidebar(props: Props) {
  const { chat } = props;
  const rooms = chat.rooms.value;
  const direct = rooms.filter(({ kind }) => kind === 'direct');
  const others = rooms.filter(({ kind }) => kind !== 'direct');
  const words = strings.rooms;
  return (
    <>
      <p class="brand">
        <Mark />
        <span>{strings.product}</span>
      </p>
      {narrow.value && <SearchButton />}
      <div class="room-lists">
        <div class="list-head">
          <h2>{words.heading}</h2>
          <button
            type="button"
            class="button quiet"
            aria-label={words.browse}
            title={words.browse}
            onClick={() => openDialog('directory')}
          >
            <Icon name="plus" />
          </button>
        </div>
        <RoomList {...props} label={words.list} rooms={others} />
        {direct.length > 0 && (
          <>
            <div class="list-head">
              <h2>{words.direct}</h2>
            </div>
            <RoomList {...props} label={words.direct} rooms={direct} />
          </>
        )}
      </div>
      <Self chat={chat} say={props.say} />
    </>
  );
}

function RoomList({ label, rooms, ...props }: Props & { readonly label: string; readonly rooms: readonly RoomCard[] }) {
  const open = useComputed(() => props.chat.room.value?.id ?? '').value;
  return (
    <ul class="room-list" aria-label={label}>
      {rooms.map((room) => (
        <RoomEntry key={room.id} room={room} current={room.id === open} {...props} />
      ))}
    </ul>
  );
}

/** On a phone there is no room for it over the messages. */
function SearchButton() {
  const search = () => {
    drawer.value = null;
    openSearch('');
  };
  return (
    <button type="button" class="button quiet sidebar-search" onClick={search}>
      <Icon name="search" />
      {strings.rooms.search}
    </button>
  );
}

/** The same that stands beside the message field where there is room. */
function HelpButton({ say }: Pick<Props, 'say'>) {
  const words = strings.composer;
  const help = async () => {
    try {
      const { openHelp } = await import('../composer/help.tsx');
      drawer.value = null;
      openHelp();
    } catch {
      say(words.helpFailed);
    }
  };
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={words.help}
      title={words.help}
      aria-haspopup="dialog"
      onClick={() => void help()}
    >
      <Icon name="help" />
    </button>
  );
}

/** Oneself, and what belongs to nobody else: settings, shortcuts. */
function Self({ chat, say }: Pick<Props, 'chat' | 'say'>) {
  const nick = useComputed(() => chat.room.value?.nick ?? '').value;
  return (
    <div class="oneself">
      <Avatar nick={nick} />
      <bdi class="oneself-name">{nick}</bdi>
      {narrow.value && <HelpButton say={say} />}
      <button
        type="button"
        class="button quiet shortcuts-button"
        aria-label={strings.shortcuts.open}
        title={strings.shortcuts.open}
        aria-haspopup="dialog"
        onClick={() => openDialog('shortcuts')}
      >
        <Icon name="keyboard" />
      </button>
      <button
        type="button"
        class="button quiet"
        aria-label={strings.settings.open}
        title={strings.settings.open}
        aria-haspopup="dialog"
        onClick={() => openDialog('settings')}
      >
        <Icon name="settings" />
      </button>
    </div>
  );
}
