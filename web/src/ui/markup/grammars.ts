// The grammars, fetched on their own. The library hands over pieces of text and what they are; no markup.

import * as languages from '@speed-highlight/core/languages';
import { type ShjLanguageData, tokenizeWith } from '@speed-highlight/core/tokenize';
import type { Colour } from './colours.ts';

/** Looked up by name alone: nothing that people write reaches an object's own inheritance. */
const GRAMMARS: Record<string, ShjLanguageData> = Object.assign(Object.create(null), languages);

export function split(grammar: string, text: string): Colour[] {
  const pieces: Colour[] = [];
  tokenizeWith(
    text,
    grammar,
    (piece, kind) => {
      if (piece !== '') {
        pieces.push({ kind: kind ?? '', text: piece });
      }
    },
    { languages: GRAMMARS },
  );
  return pieces;
}
