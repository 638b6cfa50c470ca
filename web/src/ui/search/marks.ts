// Where in a text the words are that were sought. What a word is follows the server's rules as far as one sees them: case
// and accents make no difference, the last word may be unfinished, scripts without spaces are sought within.

import type { SearchHit } from '../../store/types.ts';
import { parse } from '../markup/parse.ts';
import { plainOf } from '../markup/plain.ts';
import { strings } from '../strings.ts';

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** Characters of a message that a hit shows. */
const SHOWN = 280;
/** How many of them stand before the first word that was sought. */
const BEFORE = 60;

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu;
const WITHOUT_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** As it reads in the room, without the signs of its form. */
export function textOf({ content }: Pick<SearchHit, 'content'>): string {
  switch (content.kind) {
    case 'text':
      return plainOf(parse(content.body));
    case 'location':
      return strings.timeline.location;
    case 'deleted':
      return '';
  }
}

/** The part of `text` around the first hit, in pieces. */
export function piecesOf(text: string, sought: string): readonly Piece[] {
  const spans = spansOf(text, sought);
  const { from, to } = shown(text, spans[0]?.from ?? 0);
  const pieces: Piece[] = [];
  let at = from;
  const push = (until: number, hit: boolean) => {
    if (until > at) {
      pieces.push({ text: text.slice(at, until), hit });
      at = until;
    }
  };
  if (from > 0) {
    pieces.push({ text: '…', hit: false });
  }
  for (const span of spans) {
    push(Math.min(span.from, to), false);
    push(Math.min(span.to, to), true);
  }
  push(to, false);
  return to < text.length ? [...pieces, { text: '…', hit: false }] : pieces;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spansOf(text: string, sought: string): readonly Span[] {
  const terms = [...sought.matchAll(WORD)].map(([word]) => folded(word));
  const open = sought.trimEnd().endsWith('"') ? undefined : terms.at(-1);
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const found = within(folded(word), terms, open);
    // Folding may change a length: then it is the whole word.
    const exact = found !== null && folded(word).length === word.length ? found : { from: 0, to: word.length };
    return found === null ? [] : [{ from: index + exact.from, to: index + exact.to }];
  });
}

function within(word: string, terms: readonly string[], open: string | undefined): Span | null {
  const begins = open !== undefined && open.length > 1 && word.startsWith(open);
  if (begins || terms.includes(word)) {
    return { from: 0, to: word.length };
  }
  if (!WITHOUT_SPACES.test(word)) {
    return null;
  }
  const term = terms.find((one) => WITHOUT_SPACES.test(one) && word.includes(one));
  const from = term === undefined ? -1 : word.indexOf(term);
  return term === undefined ? null : { from, to: from + term.length };
}

function folded(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f'’]/gu, '')
    .normalize('NFKC')
    .toLowerCase();
}

/** Ends where no character is torn apart. */
function shown(text: string, hit: number): Span {
  const from = hit > SHOWN - BEFORE ? whole(text, hit - BEFORE) : 0;
  return { from, to: whole(text, Math.min(text.length, from + SHOWN)) };
}

function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
