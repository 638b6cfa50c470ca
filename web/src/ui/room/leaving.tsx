// The question before one leaves a room to which nothing leads back but its invitation.

import { useId, useRef } from 'preact/hooks';
import type { Chat, RoomCard } from '../../store/types.ts';
import { useCopying } from '../copying.ts';
import { type Leaving, leaving } from '../leaving.ts';
import { useModal } from '../modal.tsx';
import { strings } from '../strings.ts';
import '../styles/ask.css';

/** Goes with the room, should it be left in another tab meanwhile. */
export function LeavePlace({ chat }: { readonly chat: Chat }) {
  const wish = leaving.value;
  const room = chat.rooms.value.find(({ id }) => id === wish?.id);
  return wish === null || room === undefined ? null : <LeaveDialog key={wish.id} wish={wish} room={room} />;
}

function LeaveDialog({ wish, room }: { readonly wish: Leaving; readonly room: RoomCard }) {
  const box = useRef<HTMLDialogElement>(null);
  const [title, text] = [useId(), useId()];
  const words = strings.rooms;
  useModal(box, forget);
  return (
    <dialog ref={box} class="ask" aria-labelledby={title} aria-describedby={text}>
      <h2 id={title}>{words.askLeave(room.name)}</h2>
      <p id={text}>{whyNot(room)}</p>
      {room.invitation !== null && <Invitation link={room.invitation} />}
      <div class="ask-buttons">
        <button type="button" class="button" onClick={forget}>
          {strings.message.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            forget();
            wish.leave();
          }}
        >
          {words.leave}
        </button>
      </div>
    </dialog>
  );
}

function forget(): void {
  leaving.value = null;
}

function whyNot({ kind, alone }: RoomCard): string {
  const words = strings.rooms;
  if (kind === 'direct') {
    return words.askLeaveDirect;
  }
  return alone ? `${words.askLeavePrivate} ${words.askLeaveAlone}` : words.askLeavePrivate;
}

function Invitation({ link }: { readonly link: string }) {
  const { field, copied, copy } = useCopying(link);
  const words = strings.directory;
  return (
    <div class="ask-link">
      <input ref={field} readOnly value={link} aria-label={words.privateLink} dir="ltr" />
      <button type="button" class="button" onClick={() => void copy()}>
        {copied.value ? words.copied : words.copy}
      </button>
      <span class="visually-hidden" role="status">
        {copied.value ? strings.rooms.invitationCopied : ''}
      </span>
    </div>
  );
}
