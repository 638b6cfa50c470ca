// The words of the page in the language that is chosen. The first screen's are there from the start in English; the rest,
// and any other language, come when they are asked for. Whoever reads `strings` while drawing is drawn again when the language changes.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { lasting } from '../kept.ts';
import { first } from './en/first.ts';
import type { english } from './en/index.ts';
import { directionOf, isLanguage, type Language, languageFor, localeFor, wishedLanguages } from './locale.ts';

export type Catalogue = typeof english;
export type LanguageChoice = Language | 'auto';

const KEY = 'chinwag.language';

// All of it is there before anything but the first screen is drawn: whoever fetches that waits for `allWords` too.
const words = signal<Partial<Catalogue>>(first);
const spoken = signal<Language>('en');

/** What was chosen in the settings. */
export const languageChoice = signal<LanguageChoice>(recalled());
/** What the page speaks now. */
export const language: ReadonlySignal<Language> = spoken;
/** For numbers, dates and the order of names. */
export const locale: ReadonlySignal<string> = computed(() => localeFor(spoken.value, wishedLanguages()));

// An area that is read outlives a change of language only if somebody keeps it: so nobody does, beyond one drawing.
export const strings: Catalogue = new Proxy(first as Catalogue, {
  get: (_first, area) => Reflect.get(words.value, area),
});

/** Before the first drawing; at once if English it is. */
export function speakAsChosen(): Promise<void> | null {
  const wanted = wantedLanguage();
  return wanted === 'en' ? null : speak(wanted);
}

/** The whole catalogue of the language that is spoken. */
export function allWords(): Promise<void> {
  return speak(wantedLanguage());
}

/** Keeps the choice and speaks accordingly. */
export async function chooseLanguage(choice: LanguageChoice): Promise<void> {
  languageChoice.value = choice;
  lasting.keep(KEY, choice === 'auto' ? null : choice);
  await speak(wantedLanguage());
}

async function speak(wanted: Language): Promise<void> {
  const catalogue = await load(wanted);
  if (wanted !== wantedLanguage()) {
    // Chosen anew in the meantime.
    return;
  }
  words.value = catalogue;
  spoken.value = wanted;
  const root = globalThis.document?.documentElement;
  if (root !== undefined) {
    root.lang = wanted;
    root.dir = directionOf(wanted);
  }
}

async function load(wanted: Language): Promise<Catalogue> {
  switch (wanted) {
    case 'en':
      return (await import('./en/index.ts')).english;
    case 'ar':
      return (await import('./ar/index.ts')).arabic;
  }
}

function wantedLanguage(): Language {
  const choice = languageChoice.peek();
  return choice === 'auto' ? languageFor(wishedLanguages()) : choice;
}

function recalled(): LanguageChoice {
  const raw = lasting.recall(KEY);
  return isLanguage(raw) ? raw : 'auto';
}
