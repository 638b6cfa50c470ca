// On a phone: the rooms come in from where a line begins, the people from where it ends.

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { useModal } from '../modal.tsx';
import type { DrawerName } from '../panels.ts';
import { strings } from '../strings.ts';

interface Props {
  readonly name: DrawerName;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Drawer({ name, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useModal(dialog, close);
  const label = name === 'rooms' ? strings.rooms.heading : strings.room.users;
  return (
    <dialog class={`drawer drawer-${name}`} ref={dialog} aria-label={label}>
      <div class="drawer-inside">
        <button type="button" class="button quiet drawer-close" aria-label={strings.room.closeDrawer} onClick={close}>
          <Icon name="close" />
        </button>
        {children}
      </div>
    </dialog>
  );
}
