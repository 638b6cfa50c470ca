// What is open around the conversation: a drawer, the people beside it, a dialog over it.

import { signal } from '@preact/signals';
import { lasting } from './kept.ts';

const PEOPLE = 'chinwag.people';

export type DrawerName = 'rooms' | 'people';
export type DialogName = 'settings' | 'shortcuts' | 'switcher' | 'directory';

/** On narrow screens: what has come in from the side. */
export const drawer = signal<DrawerName | null>(null);
/** On wide screens: whether people stand beside the conversation. */
export const peopleBeside = signal(lasting.recall(PEOPLE) !== 'away');
export const dialog = signal<DialogName | null>(null);

export function turnPeopleBeside(): void {
  peopleBeside.value = !peopleBeside.value;
  lasting.keep(PEOPLE, peopleBeside.value ? null : 'away');
}

/** Of two that are modal only one can be seen. */
export function openDialog(name: DialogName): void {
  drawer.value = null;
  dialog.value = name;
}

/** What is searched for; null while nobody searches. */
export const searching = signal<string | null>(null);

export function openSearch(words: string): void {
  drawer.value = null;
  dialog.value = null;
  searching.value = words;
}
