// Which language the page speaks, and with which locale's numbers and dates.

/** Every language there is a catalogue for. `public/theme.js` knows them too. */
export const LANGUAGES = ['en', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Direction = 'ltr' | 'rtl';

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set<Language>(['ar']);

export function directionOf(language: Language): Direction {
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}

/** The first of the reader's languages that there is; English if there is none. */
export function languageFor(wished: readonly string[]): Language {
  for (const tag of wished) {
    const language = LANGUAGES.find((known) => known === primary(tag));
    if (language !== undefined) {
      return language;
    }
  }
  return 'en';
}

/** The reader's own kind of this language ("en-GB"), or the language alone. */
export function localeFor(language: Language, wished: readonly string[]): string {
  return wished.find((tag) => primary(tag) === language) ?? language;
}

export function isLanguage(raw: string | null): raw is Language {
  return LANGUAGES.some((known) => known === raw);
}

/** What the browser says its reader reads, best first. */
export function wishedLanguages(): readonly string[] {
  return globalThis.navigator?.languages ?? [];
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}
