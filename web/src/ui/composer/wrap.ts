// Puts marks around what is selected, and takes them away again.

export const MARKS = { bold: '**', italic: '_', code: '`' } as const;
export type Mark = keyof typeof MARKS;

/** What is to be replaced by what, and what is selected then. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly select: readonly [number, number];
}

export function wrap(text: string, from: number, to: number, mark: Mark): Change {
  const selected = text.slice(from, to);
  if (mark === 'code' && selected.includes('\n')) {
    return fence(text, from, to);
  }
  const sign = MARKS[mark];
  const size = sign.length;
  if (text.slice(from - size, from) === sign && text.startsWith(sign, to) && from >= size) {
    return replaced(from - size, to + size, selected, [0, selected.length]);
  }
  if (selected.length > 2 * size && selected.startsWith(sign) && selected.endsWith(sign)) {
    const bare = selected.slice(size, -size);
    return replaced(from, to, bare, [0, bare.length]);
  }
  // A mark does not hold when a space stands within it.
  const start = from + (selected.length - selected.trimStart().length);
  const core = selected.trim();
  if (core === '') {
    return replaced(from, from, sign + sign, [size, size]);
  }
  return replaced(start, start + core.length, sign + core + sign, [size, size + core.length]);
}

const FENCE = '```';

function fence(text: string, from: number, to: number): Change {
  const selected = text.slice(from, to);
  const [open, close] = [`${FENCE}\n`, `\n${FENCE}`];
  if (text.slice(0, from).endsWith(open) && text.startsWith(close, to)) {
    return replaced(from - open.length, to + close.length, selected, [0, selected.length]);
  }
  const before = from === 0 || text[from - 1] === '\n' ? open : `\n${open}`;
  const after = to === text.length || text[to] === '\n' ? close : `${close}\n`;
  return replaced(from, to, before + selected + after, [before.length, before.length + selected.length]);
}

function replaced(from: number, to: number, insert: string, within: readonly [number, number]): Change {
  return { from, to, insert, select: [from + within[0], from + within[1]] };
}
