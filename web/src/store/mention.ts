// Whether a text names somebody: "@ann", not inside a longer word, however it is capitalized.

const WORD = /[\p{L}\p{N}\p{M}_]/u;

export function names(text: string, nick: string): boolean {
  const [where, wanted] = [folded(text), `@${folded(nick)}`];
  if (wanted === '@') {
    return false;
  }
  for (let at = where.indexOf(wanted); at !== -1; at = where.indexOf(wanted, at + 1)) {
    if (!isWord(where.slice(0, at).at(-1)) && !isWord(where.slice(at + wanted.length).at(0))) {
      return true;
    }
  }
  return false;
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && WORD.test(char);
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
