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
  useModal(box, close);
  return (
    <dialog class={`modal ${name}`} ref={box} aria-labelledby={heading}>
      <div class="modal-inside">
        <header class="modal-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" class="button quiet" aria-label={strings.page.close} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/**
 * Opens the dialog for as long as it is drawn. Whatever ends it says `close` at once: the browser tells of a closed
 * dialog only later, when another one may have been opened in its place.
 */
export function useModal(dialog: { readonly current: HTMLDialogElement | null }, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const box = dialog.current;
    const before = document.activeElement;
    const gone = new AbortController();
    const on = { signal: gone.signal };
    const end = (event: Event) => {
      // Only the backdrop is the dialog itself, everything inside is a child; and a file field can be cancelled, too.
      if (event.target === box) {
        event.preventDefault();
        latest.current();
      }
    };
    box?.addEventListener('click', end, on);
    box?.addEventListener('cancel', end, on);
    box?.addEventListener('close', end, on);
    box?.showModal();
    return () => {
      gone.abort();
      box?.close();
      // A dialog that is taken out of the document before its own "close" has run leaves the focus nowhere.
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) {
        before.focus();
      }
    };
  }, [dialog]);
}
