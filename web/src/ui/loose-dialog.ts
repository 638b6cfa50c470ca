// A native dialog that belongs to no page: whatever asked for it need not be drawn for it to be. Escape, a click beside
// it and going to another page close it; then nothing of it is left.

import { type ComponentChild, render } from 'preact';

interface Loose {
  readonly name: string;
  readonly label: string;
  /** What it holds; called once. */
  readonly draw: (close: () => void) => ComponentChild;
  readonly closed?: () => void;
}

/** Opens it over everything else. */
export function openLooseDialog({ name, label, draw, closed }: Loose): HTMLDialogElement {
  const dialog = document.createElement('dialog');
  dialog.className = name;
  dialog.setAttribute('aria-label', label);
  document.body.append(dialog);
  const ended = () => {
    if (dialog.isConnected) {
      removeEventListener('popstate', close);
      render(null, dialog);
      dialog.remove();
      closed?.();
    }
  };
  // The browser would tell later that it is closed, and the next key may come before.
  const close = () => {
    dialog.close();
    ended();
  };
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) {
      close();
    }
  });
  // Some engines close a dialog by Escape only when a person presses it, not when an assistive tool does.
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    }
  });
  dialog.addEventListener('close', ended);
  addEventListener('popstate', close);
  render(draw(close), dialog);
  dialog.showModal();
  return dialog;
}
