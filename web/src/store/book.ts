// What is known of a room's messages as the log has them: amended by what comes later, whichever way it comes. A page is in
// the state of a moment, and entries that were told meanwhile may be newer: an amendment is applied to what it amends only
// if it came after that. Invariant: what is known of a message never goes back in time.

import type { Told } from '../session/room-events.ts';
import type * as wire from '../wire/protocol.ts';
import type { Content } from './types.ts';

/** A message as of an entry of the log. */
export interface Known {
  /** Stable for as long as it is known. */
  readonly key: string;
  readonly seq: number;
  readonly author: number;
  readonly nick: string;
  readonly mine: boolean;
  readonly at: number;
  readonly content: Content;
  readonly edited: number | null;
  /** Sequence number of what it answers. */
  readonly reply: number | null;
  readonly reactions: readonly wire.Reaction[];
  readonly asOf: number;
}

/** An entry that changes another one. */
export interface Amendment {
  readonly of: number;
  readonly entry: wire.Entry;
}

/** A page that was asked for before these came must be given them again; more than these never come while one waits. */
const MAX_RECENT = 1_024;

export class Book {
  readonly #known = new Map<number, Known>();
  #recent: Amendment[] = [];

  get size(): number {
    return this.#known.size;
  }

  find(seq: number): Known | undefined {
    return this.#known.get(seq);
  }

  /** Takes in a message from a page of the state `asOf`; undefined if the entry is none. */
  take(
    { entry, id }: Told,
    asOf: number,
    { key, you }: { readonly key: string; readonly you: number },
  ): Known | undefined {
    const content = shown(entry.content);
    if (content === null) {
      return undefined;
    }
    const before = this.#known.get(entry.seq);
    if (before !== undefined && before.asOf >= asOf) {
      return before;
    }
    const { seq, author, nick, at, edited, reactions } = entry;
    const mine = id !== null || author === you || before?.mine === true;
    const reply = entry.content.kind === 'Text' ? entry.content.reply : null;
    const own = { key: before?.key ?? key, seq, author, nick, mine, at };
    this.#known.set(seq, { ...own, content, edited, reply, reactions, asOf });
    for (const amendment of this.#recent.filter((one) => one.of === seq)) {
      this.#apply(amendment);
    }
    return this.#known.get(seq);
  }

  /** Notes an amendment, and applies it to what is known; what stands then, if it has changed. */
  amend(amendment: Amendment): Known | undefined {
    this.#recent.push(amendment);
    if (this.#recent.length > 2 * MAX_RECENT) {
      this.#recent = this.#recent.slice(-MAX_RECENT);
    }
    return this.#apply(amendment);
  }

  forget(seqs: Iterable<number>): void {
    for (const seq of seqs) {
      this.#known.delete(seq);
    }
  }

  clear(): void {
    this.#known.clear();
    this.#recent = [];
  }

  #apply({ of, entry }: Amendment): Known | undefined {
    const before = this.#known.get(of);
    if (before === undefined || before.asOf >= entry.seq) {
      return undefined;
    }
    const after = { ...changed(before, entry), asOf: entry.seq };
    this.#known.set(of, after);
    return after;
  }
}

/** What the entry amends, if it amends anything. */
export function amendmentOf(entry: wire.Entry): Amendment | null {
  const { content } = entry;
  switch (content.kind) {
    case 'Edit':
    case 'Delete':
    case 'React':
      return { of: content.of, entry };
    case 'Text':
    case 'Location':
    case 'Deleted':
    case 'Topic':
    case 'Emptied':
      return null;
  }
}

function changed(before: Known, { content, at, author: id, nick }: wire.Entry): Known {
  switch (content.kind) {
    case 'Edit':
      return before.content.kind === 'text'
        ? { ...before, content: { kind: 'text', body: content.body }, edited: at }
        : before;
    case 'Delete':
      return { ...before, content: { kind: 'deleted' }, edited: null, reply: null, reactions: [] };
    case 'React':
      return before.content.kind === 'deleted'
        ? before
        : { ...before, reactions: reacted(before.reactions, content, { id, nick }) };
    case 'Text':
    case 'Location':
    case 'Deleted':
    case 'Topic':
    case 'Emptied':
      return before;
  }
}

/** The reactions with this one as it now is; twice alike is once. */
export function reacted(
  reactions: readonly wire.Reaction[],
  { emoji, on }: { readonly emoji: string; readonly on: boolean },
  member: wire.Member,
): readonly wire.Reaction[] {
  const before = reactions.find((reaction) => reaction.emoji === emoji);
  const had = before?.by.some(({ id }) => id === member.id) ?? false;
  if (had === on) {
    return reactions;
  }
  if (before === undefined) {
    return [...reactions, { emoji, by: [member] }];
  }
  const by = on ? [...before.by, member] : before.by.filter(({ id }) => id !== member.id);
  return reactions.map((one) => (one === before ? { emoji, by } : one)).filter((one) => one.by.length > 0);
}

/** Null for what has no row of its own, or is a line. */
function shown(content: wire.Content): Content | null {
  switch (content.kind) {
    case 'Text':
      return { kind: 'text', body: content.body };
    case 'Location':
      return { kind: 'location', latitude: content.latitude, longitude: content.longitude };
    case 'Deleted':
      return { kind: 'deleted' };
    case 'Edit':
    case 'Delete':
    case 'React':
    case 'Topic':
    case 'Emptied':
      return null;
  }
}
