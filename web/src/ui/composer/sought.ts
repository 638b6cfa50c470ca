// What stands at the caret that could be completed: a name after "@", an emoji after ":", a command after "/".

export type Sought =
  /** `from` is the place of the sign; what is chosen replaces all from there to the caret. */
  | { readonly kind: 'person' | 'emoji' | 'command'; readonly from: number; readonly typed: string }
  /** A name without a sign, as an argument. */
  | { readonly kind: 'addressee'; readonly from: number; readonly typed: string };

/** Names have at most 32 characters as people count them, which may be several units each. */
const LOOK_BACK = 80;
const BEFORE_SIGN = /[\p{L}\p{N}\p{M}_]$/u;

export function soughtAt(text: string, caret: number): Sought | null {
  const start = Math.max(0, caret - LOOK_BACK);
  const before = text.slice(start, caret);
  return commandIn(text, caret) ?? addresseeIn(text, caret) ?? personIn(before, start) ?? emojiIn(before, start);
}

function commandIn(text: string, caret: number): Sought | null {
  const typed = /^\/([\p{L}]{0,20})$/u.exec(text.slice(0, Math.min(caret, LOOK_BACK)))?.[1];
  return typed === undefined || caret > LOOK_BACK ? null : { kind: 'command', from: 0, typed };
}

function addresseeIn(text: string, caret: number): Sought | null {
  if (caret > LOOK_BACK) {
    return null;
  }
  const found = /^\/(?:msg|dm)\s+@?([^\n]*)$/iu.exec(text.slice(0, caret));
  return found === null ? null : named('addressee', caret - (found[1] ?? '').length, found[1] ?? '');
}

/** The last "@" that does not stand within a word; names may hold spaces. */
function personIn(before: string, start: number): Sought | null {
  const at = before.lastIndexOf('@');
  if (at < 0 || BEFORE_SIGN.test(before.slice(0, at))) {
    return null;
  }
  return named('person', start + at, before.slice(at + 1));
}

/** Nobody's name begins or ends with a space: then there is nothing left to complete. */
function named(kind: 'person' | 'addressee', from: number, typed: string): Sought | null {
  return typed.includes('\n') || /^\s|\s$/u.test(typed) ? null : { kind, from, typed };
}

function emojiIn(before: string, start: number): Sought | null {
  const found = /:([a-z0-9_+-]{2,})$/iu.exec(before);
  if (found === null || /[\p{L}\p{N}:]$/u.test(before.slice(0, found.index))) {
    return null;
  }
  return { kind: 'emoji', from: start + found.index, typed: found[1] ?? '' };
}
