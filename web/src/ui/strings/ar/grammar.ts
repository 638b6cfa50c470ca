// Arabic numbers: six forms of a noun, and one and two things are said without a figure.

import { grammarOf, isolated, pauseOf } from '../grammar.ts';
import { localeFor, wishedLanguages } from '../locale.ts';

export { isolated } from '../grammar.ts';
export const { number, tenths, and, plural } = grammarOf(localeFor('ar', wishedLanguages()));

/** `#` stands for the number. */
export type Forms = Readonly<Record<Intl.LDMLPluralRule, string>>;

export function counted(count: number, forms: Forms): string {
  return forms[plural(count)].replace('#', number(count));
}

export const CHARACTERS: Forms = {
  zero: 'لا أحرف',
  one: 'حرف واحد',
  two: 'حرفان',
  few: '# أحرف',
  many: '# حرفًا',
  other: '# حرف',
};

export const PEOPLE: Forms = {
  zero: 'لا أحد',
  one: 'شخص واحد',
  two: 'شخصان',
  few: '# أشخاص',
  many: '# شخصًا',
  other: '# شخص',
};

export const NEW_MESSAGES: Forms = {
  zero: 'لا رسائل جديدة',
  one: 'رسالة جديدة واحدة',
  two: 'رسالتان جديدتان',
  few: '# رسائل جديدة',
  many: '# رسالة جديدة',
  other: '# رسالة جديدة',
};

export const SECONDS: Forms = {
  zero: '# ثانية',
  one: 'ثانية واحدة',
  two: 'ثانيتين',
  few: '# ثوانٍ',
  many: '# ثانية',
  other: '# ثانية',
};

/** A number with its unit, in one piece. */
export function milliseconds(ms: number): string {
  return isolated(`${number(Math.round(ms))} م.ث`);
}

export function pause(ms: number): string {
  const { unit, value } = pauseOf(ms);
  switch (unit) {
    case 'tenths':
      return isolated(`${tenths(value)} ث`);
    case 'seconds':
      return isolated(`${number(value)} ث`);
    case 'minutes':
      return isolated(`${number(value)} د`);
    case 'hours':
      return isolated(`${number(value)} س`);
  }
}
