// The bell in the header of a room: whether one is told of it, and what a click opens.

import { useComputed } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Dropdown } from '../dropdown.tsx';
import { Icon } from '../icon.tsx';
import { Later } from '../later.tsx';
import { strings } from '../strings.ts';
import { choices, levelOf } from './choice.ts';

const panel = async () => (await import('./panel.tsx')).NotifyPanel;

export function Bell({ chat }: { readonly chat: Chat }) {
  const id = useId();
  const muted = useComputed(() => {
    const room = chat.room.value;
    return room !== null && levelOf(room, choices.value) === 'mute';
  }).value;
  const words = strings.notify;
  const label = muted ? words.bellMuted : words.bell;
  return (
    <>
      <button
        type="button"
        class="button quiet"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        popoverTarget={id}
      >
        <Icon name={muted ? 'bellOff' : 'bell'} />
      </button>
      <Dropdown id={id} title={words.heading}>
        {() => <Later load={panel} part={{ chat }} />}
      </Dropdown>
    </>
  );
}
