// One room of the server for tests: its log with what amends it, in the state of now.

import type { Content, Entry, Member, Page, Range, Reaction, RefusalCode } from '../wire/protocol.ts';

const AT = 5_000_000;

export class FakeLog {
  #entries: Entry[] = [];
  topic = '';

  get head(): number {
    return this.#entries.length;
  }

  /** As they are now: amended, and with what amends deleted ones emptied. */
  get entries(): readonly Entry[] {
    return this.#entries.map((entry) => this.#now(entry));
  }

  /** Only so many entries are left. */
  rewind(entries: number): void {
    this.#entries.splice(entries);
  }

  /** Appends, and applies it; the entry as it is told. */
  commit(
    author: Member,
    { seat, number }: { readonly seat: number; readonly number: number },
    content: Content,
  ): Entry {
    const { id, nick } = author;
    const entry: Entry = {
      ...{ seq: this.head + 1, at: AT + this.head, author: id, number, nick },
      ...{ content, edited: null, reactions: [], seat },
    };
    this.#entries.push(entry);
    this.#apply(entry);
    return entry;
  }

  /** Why this cannot be committed. */
  flaw(author: number, content: Content): RefusalCode | null {
    switch (content.kind) {
      case 'Text':
        return flawOf(content.body);
      case 'Edit':
        return flawOf(content.body) ?? this.#flawOfTarget(content.of, author);
      case 'Delete':
        return this.#entries[content.of - 1]?.content.kind === 'Deleted'
          ? null
          : this.#flawOfTarget(content.of, author);
      case 'React':
        return this.#flawOfTarget(content.of, null);
      case 'Location':
      case 'Topic':
      case 'Deleted':
      case 'Emptied':
        return null;
    }
  }

  page(range: Range, limit: number): Page {
    const [start, end] = this.#bounds(range, limit);
    return { entries: this.entries.slice(start, end), more: start > 0, newer: end < this.head, asOf: this.head };
  }

  #bounds(range: Range, limit: number): [number, number] {
    switch (range.kind) {
      case 'Before': {
        const end = Math.max(0, Math.min(this.head, range.seq - 1));
        return [Math.max(0, end - limit), end];
      }
      case 'After':
        return [Math.min(range.seq, this.head), Math.min(range.seq + limit, this.head)];
      case 'Around':
        return this.#around(range.seq - 1, limit);
      case 'At': {
        const found = this.#entries.findIndex(({ at }) => at >= range.time);
        return this.#around(found === -1 ? this.head - 1 : found, limit);
      }
    }
  }

  #around(index: number, limit: number): [number, number] {
    const start = Math.max(0, index - Math.floor(limit / 2));
    return [start, Math.min(this.head, start + limit)];
  }

  #flawOfTarget(of: number, author: number | null): RefusalCode | null {
    const target = this.#entries[of - 1];
    if (target === undefined || (target.content.kind !== 'Text' && target.content.kind !== 'Location')) {
      return 'NotThere';
    }
    return author !== null && target.author !== author ? 'NotYours' : null;
  }

  #apply({ author: id, nick, at, content }: Entry): void {
    switch (content.kind) {
      case 'Edit':
        return this.#change(content.of, (target) =>
          target.content.kind === 'Text'
            ? { ...target, content: { ...target.content, body: content.body }, edited: at }
            : target,
        );
      case 'Delete':
        return this.#change(content.of, (target) => ({
          ...{ ...target, content: { kind: 'Deleted' }, edited: null, reactions: [] },
        }));
      case 'React':
        return this.#change(content.of, (target) => ({
          ...target,
          reactions: reacted(target.reactions, content, { id, nick }),
        }));
      case 'Topic':
        this.topic = content.text;
        return;
      case 'Text':
      case 'Location':
      case 'Deleted':
      case 'Emptied':
        return;
    }
  }

  #change(seq: number, change: (entry: Entry) => Entry): void {
    const target = this.#entries[seq - 1];
    if (target !== undefined) {
      this.#entries[seq - 1] = change(target);
    }
  }

  #now(entry: Entry): Entry {
    const { content } = entry;
    if (content.kind !== 'Edit') {
      return entry;
    }
    const target = this.#entries[content.of - 1]?.content;
    return {
      ...entry,
      content: target?.kind === 'Text' ? { ...content, body: target.body } : { kind: 'Emptied' },
    };
  }
}

function flawOf(body: string): RefusalCode | null {
  if (body === '') {
    return 'Blank';
  }
  return body.includes('damn') ? 'Profanity' : null;
}

function reacted(
  reactions: readonly Reaction[],
  { emoji, on }: { readonly emoji: string; readonly on: boolean },
  member: Member,
): readonly Reaction[] {
  const others = (by: readonly Member[]): Member[] => by.filter(({ id }) => id !== member.id);
  const there = reactions.some((one) => one.emoji === emoji);
  const all = there || !on ? reactions : [...reactions, { emoji, by: [] }];
  return all
    .map((one) => {
      if (one.emoji !== emoji || one.by.some(({ id }) => id === member.id) === on) {
        return one;
      }
      return { emoji, by: on ? [...one.by, member] : others(one.by) };
    })
    .filter(({ by }) => by.length > 0);
}
