// What becomes of a text that is being written: kept, counted, and given back when it is refused.

import type { Kept } from '../kept.ts';

const PREFIX = 'chinwag.draft.';
const ANSWERED = 'chinwag.answered.';

/** `room`: its id, which is the same over reloads. */
export function recallDraft(kept: Kept, room: string): string {
  return kept.recall(PREFIX + room) ?? '';
}

export function keepDraft(kept: Kept, room: string, text: string): void {
  kept.keep(PREFIX + room, text);
}

/** The sequence number of what the draft answers. */
export function recallAnswered(kept: Kept, room: string): number | null {
  const seq = Number(kept.recall(ANSWERED + room));
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

export function keepAnswered(kept: Kept, room: string, seq: number | null): void {
  kept.keep(ANSWERED + room, seq === null ? null : `${seq}`);
}

/** The room whose draft is kept under this key; null if it is not a draft's. */
export function draftRoom(key: string | null): string | null {
  return key?.startsWith(PREFIX) === true ? key.slice(PREFIX.length) : null;
}

/** A field and how much of its beginning was given back and not touched since. */
export interface Field {
  readonly text: string;
  readonly givenBack: string;
}

/**
 * Puts a refused text back into the field without losing what was written since: refused texts stand first, in the
 * order in which they were refused, newer writing after them.
 */
export function giveBack(field: Field, refused: string): Field {
  const untouched = field.givenBack !== '' && field.text.startsWith(field.givenBack);
  const earlier = untouched ? field.givenBack : '';
  const newer = field.text.slice(earlier.length).replace(/^\n/u, '');
  const first = earlier === '' ? refused : `${earlier}\n${refused}`;
  return { text: newer.trim() === '' ? first : `${first}\n${newer}`, givenBack: first };
}

/** How a text's length stands to the limit: nothing to say, close to it (`left` characters), or over it by `over`. */
export type Length =
  | { readonly kind: 'quiet' }
  | { readonly kind: 'near'; readonly left: number }
  | { readonly kind: 'over'; readonly over: number };

/** The share of the limit from which on the counter is shown. */
const NEAR = 0.8;

/** `limit` is in Unicode scalar values, of which a text has never more than UTF-16 code units. */
export function lengthOf(text: string, limit: number): Length {
  if (text.length < limit * NEAR) {
    return { kind: 'quiet' };
  }
  const count = scalarValues(text);
  if (count > limit) {
    return { kind: 'over', over: count - limit };
  }
  return count < limit * NEAR ? { kind: 'quiet' } : { kind: 'near', left: limit - count };
}

function scalarValues(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/** Whether there is anything to send. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}\u{2800}]*$/u.test(text);
}
