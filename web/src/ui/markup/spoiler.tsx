// What one reads only after asking for it. A button of its own says so, and stays where it is, so that the focus does.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../strings.ts';

export function Spoiler({ children }: { readonly children: ComponentChildren }) {
  const open = useSignal(false);
  const id = useId();
  return (
    <span class="spoiler">
      <button
        type="button"
        class="spoiler-button"
        aria-expanded={open.value}
        aria-controls={id}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {strings.markup.spoiler}
      </button>
      <span id={id} hidden={!open.value}>
        {children}
      </span>
    </span>
  );
}
