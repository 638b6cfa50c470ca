// The text of a message as a notification may show it. Pure. What comes out is one line of plain text: nothing in it
// breaks lines, turns its surroundings around, hides what follows or grows beyond its bound.

/** A desktop shows two or three lines of a notification. */
const MOST_CHARS = 200;
/** Scripts need a few marks on one letter; piles of them cover what is above. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
/** Controls, line and paragraph separators, and all that directs the direction of text. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** Takes no room and joins nothing. */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;
const SPOILER = /\|\|[^|]+\|\|/gu;
const COVERED = '▒▒▒';

export function plain(text: string, most = MOST_CHARS): string {
  // Only so much is looked at: patterns are not to run over a whole novel.
  const line = text
    .slice(0, most * 8)
    .replace(CONTROLS, ' ')
    .replace(DIRECTIONS, '')
    .replace(INVISIBLE, '')
    .replace(SPOILER, COVERED)
    .replace(MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  return shortened(line, most);
}

/** Keeps its own direction beside whatever the system writes around it. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Whole characters, so that no half of an emoji is left over. */
function shortened(line: string, most: number): string {
  const chars = Array.from(line);
  return chars.length <= most
    ? line
    : `${chars
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
