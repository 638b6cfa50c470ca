// In which order people are listed, and who of them is shown.

import type { Member } from '../../store/types.ts';

export type Order = 'name' | 'joining';

/**
 * Those who are here first, then those who are away, each by name as the reader's language sorts names. Most of a long
 * list is in order already from last time, and sorting what is nearly sorted is quick: so what was sorted is kept.
 */
export class ByName {
  #asked: readonly Member[] | null = null;
  #last: readonly Member[] = [];
  #locale = '';
  #compare: (a: string, b: string) => number = () => 0;

  sorted(members: readonly Member[], locale: string): readonly Member[] {
    if (members === this.#asked && locale === this.#locale) {
      return this.#last;
    }
    this.#asked = members;
    if (locale !== this.#locale) {
      this.#locale = locale;
      this.#compare = new Intl.Collator(locale, { sensitivity: 'base', numeric: true }).compare;
    }
    const present = new Map(members.map((member) => [member.id, member]));
    const known = this.#last.flatMap(({ id }) => {
      const member = present.get(id);
      present.delete(id);
      return member === undefined ? [] : [member];
    });
    this.#last = [...known, ...present.values()].sort(
      (a, b) => Number(a.away) - Number(b.away) || this.#compare(a.nick, b.nick) || a.id - b.id,
    );
    return this.#last;
  }
}

/** Those whose name holds `like`, whatever its capitals and accents. */
export function named(members: readonly Member[], like: string): readonly Member[] {
  const wanted = plain(like.trim());
  return wanted === '' ? members : members.filter(({ nick }) => plain(nick).includes(wanted));
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}
