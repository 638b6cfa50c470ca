// Twelve hours or twenty-four: as the settings say, else as the reader's own locale has it, whatever language the page
// speaks.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { lasting } from './kept.ts';

export type HourChoice = 'auto' | 'h12' | 'h24';

const KEY = 'chinwag.hours';

export const hourChoice = signal<HourChoice>(parse(lasting.recall(KEY)));

const ownHour12 = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;

export const hour12: ReadonlySignal<boolean> = computed(() =>
  hourChoice.value === 'auto' ? ownHour12 : hourChoice.value === 'h12',
);

export function chooseHours(choice: HourChoice): void {
  hourChoice.value = choice;
  lasting.keep(KEY, choice === 'auto' ? null : choice);
}

function parse(raw: string | null): HourChoice {
  return raw === 'h12' || raw === 'h24' ? raw : 'auto';
}
