// Where a search stands, and what is said of it.

import type { SearchHit, SearchQuery } from '../../store/types.ts';
import { strings } from '../strings.ts';
import type { Problem } from './query.ts';

export type Found =
  | { readonly kind: 'nothing-yet' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'problem'; readonly text: string }
  | {
      readonly kind: 'found';
      /** What stood in the field. */
      readonly words: string;
      readonly query: SearchQuery;
      readonly hits: readonly SearchHit[];
      readonly more: boolean;
      /** More of them is asked for, or will be when there is a connection. */
      readonly asking: boolean;
    };

/** Whether the hits are not those of what stands in the field now. */
export function isStale(found: Found, typed: string): boolean {
  return found.kind === 'found' && found.words.trim() !== typed.trim();
}

/** `live`: whether there is anybody to answer. */
export function stateOf(found: Found, typed: string, live: boolean): string {
  const text = strings.search;
  switch (found.kind) {
    case 'nothing-yet':
    case 'problem':
      return '';
    case 'searching':
      return waiting(live);
    case 'found':
      if (isStale(found, typed)) {
        return text.stale(found.words.trim());
      }
      return found.hits.length === 0 ? text.none : text.results(found.hits.length, found.more);
  }
}

/** What is said of the hits further back. */
export function furtherStateOf(found: Found, live: boolean): string {
  return found.kind === 'found' && found.asking ? waiting(live) : '';
}

function waiting(live: boolean): string {
  return live ? strings.search.searching : strings.people.unknown;
}

export function sentenceOf(problem: Problem): string {
  const text = strings.search;
  switch (problem.kind) {
    case 'date':
      return text.badDate(problem.typed);
    case 'room':
      return text.noRoom(problem.typed);
    case 'nothing':
      return text.nothing;
  }
}
