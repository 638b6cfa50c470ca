// Whose card is open, and beside what.

import { signal } from '@preact/signals';

export interface Shown {
  readonly nick: string;
  readonly anchor: Element;
}

export const card = signal<Shown | null>(null);

/** For every place that shows a name to be clicked. */
export function showCard(nick: string, anchor: Element): void {
  card.value = { nick, anchor };
}

export function hideCard(): void {
  card.value = null;
}
