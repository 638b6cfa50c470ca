// A search over several rooms: each is asked alone, and what they find is one list by time, the newest first. Hits of the
// same moment stand in the order of their rooms, so that a page goes on exactly where the last one ended.

import type { Sentence } from '../session/sentence.ts';
import type { Entry } from '../wire/protocol.ts';
import type { Search } from './asking.ts';
import type { Stay } from './stay.ts';
import type { SearchHit, SearchQuery } from './types.ts';

/** Hits at a time. */
const PAGE = 30;

/** Why nobody could be asked. */
export class SearchError extends Error {
  readonly why: Sentence;

  constructor(why: Sentence) {
    super(why.text);
    this.why = why;
  }
}

/** Rejects with a `SearchError` if nobody answers. */
export async function searched(stays: readonly Stay[], query: SearchQuery): Promise<readonly SearchHit[]> {
  const answers = await Promise.all(stays.map((stay) => stay.asking.search(searchIn(stay, query))));
  const failed = answers.find((answer) => !answer.ok);
  if (failed?.ok === false && answers.every(({ ok }) => !ok)) {
    throw new SearchError(failed.why);
  }
  const hits = answers.flatMap((answer, n) => {
    const stay = stays[n];
    return !answer.ok || stay === undefined ? [] : answer.hits.flatMap((entry) => hitIn(stay, entry));
  });
  return hits.sort(newestFirst).slice(0, PAGE);
}

function searchIn(stay: Stay, { text, from, after, before, below }: SearchQuery): Search {
  const search = { text, from: from ?? null, after: after ?? null, limit: PAGE };
  if (below === undefined) {
    return { ...search, before: before ?? null, below: Number.MAX_SAFE_INTEGER };
  }
  if (below.room === stay.id) {
    return { ...search, before: before ?? null, below: below.seq };
  }
  // What stands behind the last hit: earlier, or of the same moment in a room that comes later.
  const end = below.at + (below.room < stay.id ? 1 : 0);
  return { ...search, before: Math.min(before ?? end, end), below: Number.MAX_SAFE_INTEGER };
}

function hitIn(stay: Stay, { seq, nick, author, at, content }: Entry): SearchHit[] {
  if (content.kind !== 'Text') {
    return [];
  }
  const { id, name } = stay.card();
  const mine = stay.view.isMe(author);
  return [{ room: id, roomName: name, seq, nick, mine, at, content: { kind: 'text', body: content.body } }];
}

function newestFirst(a: SearchHit, b: SearchHit): number {
  return b.at - a.at || (a.room < b.room ? -1 : Number(a.room > b.room)) || b.seq - a.seq;
}
