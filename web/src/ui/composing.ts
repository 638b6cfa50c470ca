// What the composer is doing: writing something new, answering a message or changing one of one's own. The message list
// asks for it, the composer shows it, does it and goes back to `new`. A room that is left takes it along: the composer
// sets it to `new` when the room changes, and an answer comes back with its draft. The message is held as it is now, not
// as it was when it was chosen: what is taken back must not go on standing here. Nothing here knows the composer's text
// or draft.

import { signal } from '@preact/signals';
import type { Message, TimelineItem } from '../store/types.ts';
import { placed } from './placed.ts';

export type Composing =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly message: Message }
  /** Only one's own message with a text, and one that has a place in the log. */
  | { readonly kind: 'edit'; readonly message: Message };

export const NEW: Composing = { kind: 'new' };

export const composing = signal<Composing>(NEW);

/** Counted up whenever the field should take the focus, also when `composing` stays what it was. */
export const fieldWanted = signal(0);

export function reply(message: Message): void {
  composing.value = { kind: 'reply', message };
  fieldWanted.value += 1;
}

export function edit(message: Message): void {
  composing.value = { kind: 'edit', message };
  fieldWanted.value += 1;
}

/** Takes the message as it stands in its room now; one that is not loaded stays as it was. */
export function keepUp(items: readonly TimelineItem[]): void {
  const before = composing.peek();
  if (before.kind === 'new') {
    return;
  }
  const message = placed(items, before.message.seq);
  if (message !== null && message !== before.message) {
    composing.value = { ...before, message };
  }
}

/** Back to the field with what stands there. */
export function backToField(): void {
  fieldWanted.value += 1;
}

/** Gives up answering or changing. */
export function writeNew(): void {
  composing.value = NEW;
}
