// What the device is like, as signals.

import { type ReadonlySignal, signal } from '@preact/signals';

/** Touch: Enter breaks the line, the button sends. */
export const coarsePointer: ReadonlySignal<boolean> = watch('(pointer: coarse)');
/** No room for a sidebar; the style sheet asks the same question. */
export const narrow: ReadonlySignal<boolean> = watch('(max-width: 47.99rem)');
/** No room for people beside the conversation; the style sheet asks the same question. */
export const slim: ReadonlySignal<boolean> = watch('(max-width: 63.99rem)');

function watch(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const state = signal(list.matches);
  list.addEventListener('change', (event) => {
    state.value = event.matches;
  });
  return state;
}
