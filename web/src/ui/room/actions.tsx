// What one can do with the room itself: search it, share it, leave.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { openSearch } from '../panels.ts';
import { strings } from '../strings.ts';
import { addressOf } from './share.ts';

interface Props {
  readonly chat: Chat;
  readonly leave: () => void;
  readonly say: (text: string) => void;
  /** Shows what did not work. */
  readonly complain: (text: string) => void;
}

export function RoomActions({ chat, leave, say, complain }: Props) {
  return (
    <div class="actions">
      <button
        type="button"
        class="button quiet"
        aria-label={strings.rooms.search}
        title={strings.rooms.search}
        onClick={() => openSearch('')}
      >
        <Icon name="search" />
      </button>
      <ShareButton chat={chat} say={say} complain={complain} />
      <button type="button" class="button quiet leave" onClick={leave} title={strings.room.leave}>
        <Icon name="leave" />
        <span class="action-word">{strings.room.leave}</span>
      </button>
    </div>
  );
}

/** How long the button says that the link is copied. */
const DONE_MS = 2_000;

function ShareButton({ chat, say, complain }: Pick<Props, 'chat' | 'say' | 'complain'>) {
  const done = useSignal(false);
  const words = strings.room;
  useEffect(() => {
    const timer = setTimeout(() => {
      done.value = false;
    }, DONE_MS);
    return () => clearTimeout(timer);
  }, [done.value, done]);
  const room = chat.room.value;
  const address = room === null ? null : addressOf(room);
  if (room === null || address === null) {
    return null;
  }
  const invites = room.kind === 'private';
  const share = async () => {
    try {
      await navigator.clipboard.writeText(address);
      done.value = true;
      say(invites ? strings.rooms.invitationCopied : words.shared);
    } catch {
      complain(words.shareFailed(address));
    }
  };
  const label = invites ? strings.rooms.copyInvitation : words.share;
  return (
    <button type="button" class="button quiet share" onClick={() => void share()} title={label}>
      <Icon name={done.value ? 'check' : 'link'} />
      <span class="action-word">{done.value ? words.shared : label}</span>
    </button>
  );
}
