// How well what is typed fits a name: its letters in this order, best at the beginning of words and side by side.

/** Null if it does not fit; more is better. */
export function scoreOf(typed: string, name: string): number | null {
  const wanted = plain(typed);
  const text = plain(name);
  if (wanted === '') {
    return 0;
  }
  const whole = text.indexOf(wanted);
  if (whole >= 0) {
    return WHOLE + (startsWord(text, whole) ? WORD_START : 0) - whole - text.length / LONG;
  }
  let score = 0;
  let at = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, at);
    if (found === -1) {
      return null;
    }
    score += (found === at ? 1 : 0) + (startsWord(text, found) ? 1 : 0);
    at = found + letter.length;
  }
  return score - text.length / LONG;
}

const WHOLE = 1_000;
const WORD_START = 100;
/** Of two that fit alike the shorter name is meant. */
const LONG = 100;

function startsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .trim();
}
