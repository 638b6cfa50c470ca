// English numbers, in the reader's own English.

import { grammarOf, isolated as isolatedAnyhow, pauseOf } from '../grammar.ts';
import { localeFor, wishedLanguages } from '../locale.ts';

export const { number, tenths, and, plural } = grammarOf(localeFor('en', wishedLanguages()));

/** What cannot turn an English sentence around: it needs no isolating characters, which would only stand in the way. */
const HARMLESS = /^[\p{Script=Latin}\p{M}\p{Nd} ._-]*$/u;

/** A name keeps its own direction within a sentence. */
export function isolated(name: string): string {
  return HARMLESS.test(name) ? name : isolatedAnyhow(name);
}

/** "1 user", "2 users". */
export function counted(count: number, one: string, other: string): string {
  return `${number(count)} ${plural(count) === 'one' ? one : other}`;
}

/** "0.4 s", "12 s", "3 min", "2 h". */
export function pause(ms: number): string {
  const { unit, value } = pauseOf(ms);
  switch (unit) {
    case 'tenths':
      return `${tenths(value)} s`;
    case 'seconds':
      return `${number(value)} s`;
    case 'minutes':
      return `${number(value)} min`;
    case 'hours':
      return `${number(value)} h`;
  }
}
