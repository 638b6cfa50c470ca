// Numbers, plurals and lists of a language, as its own rules have them.

import { once } from '../once.ts';

export interface Grammar {
  /** A number with the digits and separators of the language. */
  number(value: number): string;
  /** With one digit after the point. */
  tenths(value: number): string;
  /** "a, b and c". */
  and(items: readonly string[]): string;
  plural(count: number): Intl.LDMLPluralRule;
}

export function grammarOf(locale: string): Grammar {
  const plain = once(() => new Intl.NumberFormat(locale));
  const tenth = once(() => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
  const rules = once(() => new Intl.PluralRules(locale));
  const list = once(() => new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' }));
  return {
    number: (value) => plain().format(value),
    tenths: (value) => tenth().format(value),
    and: (items) => list().format(items),
    plural: (count) => rules().select(count),
  };
}

/** A name, an address or a number with a unit keeps its own direction within a sentence. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** The number that a unit of time is said with, and which unit: below 10 s with tenths. */
export type Pause = { readonly unit: 'tenths' | 'seconds' | 'minutes' | 'hours'; readonly value: number };

export function pauseOf(ms: number): Pause {
  const seconds = ms / 1_000;
  if (seconds < 10) {
    return { unit: 'tenths', value: seconds };
  }
  if (seconds < 90) {
    return { unit: 'seconds', value: Math.round(seconds) };
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? { unit: 'minutes', value: minutes } : { unit: 'hours', value: Math.round(minutes / 60) };
}

/** Above this many writers at once, names are noise. */
export const NAMED_WRITERS = 3;
