// On a phone: who is here, and what one can do, behind one button.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';

interface Props {
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Drawer({ close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const box = dialog.current;
    // Only the backdrop is the dialog itself; everything inside is a child. The keyboard has Escape.
    const onClick = (event: Event) => {
      if (event.target === box) {
        box?.close();
      }
    };
    box?.addEventListener('click', onClick);
    box?.showModal();
    return () => {
      box?.removeEventListener('click', onClick);
      box?.close();
    };
  }, []);
  return (
    <dialog class="drawer" ref={dialog} aria-label={strings.room.users} onClose={close}>
      <div class="drawer-inside">
        <button
          type="button"
          class="button quiet drawer-close"
          aria-label={strings.room.closeDrawer}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
        {children}
      </div>
    </dialog>
  );
}
