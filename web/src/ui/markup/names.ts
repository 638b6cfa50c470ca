// Who can be mentioned: the members of a room and oneself, whatever the capitals.

import type { Names } from './nodes.ts';

/** Code units of a name: as many bytes the server takes for the 32 characters that people count. */
const LONGEST = 256;

export const NOBODY: Names = { at: () => null };

const WORD = /^[\p{L}\p{M}\p{N}]/u;

/** Whether a letter or a digit stands at `at`. */
export function isWordAt(text: string, at: number): boolean {
  const point = text.codePointAt(at);
  return point !== undefined && WORD.test(String.fromCodePoint(point));
}

/** Whether a letter or a digit stands right before `at`. */
export function isWordBefore(text: string, at: number): boolean {
  const unit = text.charCodeAt(at - 1);
  const low = unit >= 0xdc00 && unit <= 0xdfff;
  return at > 0 && isWordAt(text, low && at > 1 ? at - 2 : at - 1);
}

export function namesOf(nicks: Iterable<string>, own: string): Names {
  const known = new Set<string>();
  for (const nick of [...nicks, own]) {
    if (nick !== '' && nick.length <= LONGEST) {
      known.add(folded(nick));
    }
  }
  const lengths = [...new Set([...known].map((name) => name.length))].sort((a, b) => b - a);
  const longest = lengths[0] ?? 0;
  const self = folded(own);
  return {
    at(text, start) {
      const ahead = folded(text.slice(start, start + longest));
      const length = lengths.find((n) => known.has(ahead.slice(0, n)) && !isWordAt(text, start + n));
      return length === undefined ? null : { length, self: ahead.slice(0, length) === self };
    },
  };
}

/** As many code units as before, so that places stay what they are: the few letters that grow keep their form. */
function folded(name: string): string {
  const lower = name.toLowerCase();
  return lower.length === name.length ? lower : [...name].map(foldedLetter).join('');
}

function foldedLetter(letter: string): string {
  const lower = letter.toLowerCase();
  return lower.length === letter.length ? lower : letter;
}
