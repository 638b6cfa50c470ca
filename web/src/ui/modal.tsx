// A native dialog over the page: Escape and a click beside it close it, and the focus goes back to where it was.

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { strings } from './strings.ts';

interface Props {
  readonly title: string;
  readonly name: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Modal({ title, name, close, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useModal(box);
  return (
    <dialog class={`modal ${name}`} ref={box} aria-labelledby={heading} onClose={close}>
      <div class="modal-inside">
        <header class="modal-head">
          <h2 id={heading}>{title}</h2>
          <button
            type="button"
            class="button quiet"
            aria-label={strings.page.close}
            onClick={() => box.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Opens the dialog for as long as it is drawn. */
export function useModal(dialog: { readonly current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const box = dialog.current;
    const before = document.activeElement;
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
      // A dialog that is taken out of the document before its own "close" has run leaves the focus nowhere.
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) {
        before.focus();
      }
    };
  }, [dialog]);
}
