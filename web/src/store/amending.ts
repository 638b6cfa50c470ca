// One's own edits, deletions and reactions that are on their way: shown at once, taken back when refused, and gone when
// the log has them.

import type { Sentence } from '../session/sentence.ts';
import type * as wire from '../wire/protocol.ts';
import { reacted } from './book.ts';
import type { Amending, Content } from './types.ts';

interface Change {
  readonly id: string;
  readonly amending: Amending;
}

interface Reacting {
  readonly id: string;
  readonly emoji: string;
  readonly on: boolean;
}

/** What of this page's own lies over a message. */
export interface Overlay {
  readonly amending: Amending | null;
  readonly content: Content;
  readonly reactions: readonly wire.Reaction[];
}

export class OwnAmendments {
  /** By what they amend. */
  readonly #changes = new Map<number, Change>();
  readonly #reacting = new Map<number, readonly Reacting[]>();

  /** Whether it is an amendment; then it is shown from now on. */
  written(id: string, content: wire.Content): number | null {
    switch (content.kind) {
      case 'Edit':
        this.#changes.set(content.of, { id, amending: { kind: 'edit', body: content.body, failed: null } });
        return content.of;
      case 'Delete':
        this.#changes.set(content.of, { id, amending: { kind: 'delete', failed: null } });
        return content.of;
      case 'React':
        this.#react(content.of, { id, emoji: content.emoji, on: content.on });
        return content.of;
      case 'Text':
      case 'Location':
      case 'Topic':
      case 'Deleted':
      case 'Emptied':
        return null;
    }
  }

  /** On its way (again), or not: `failed` is why. What it amends. */
  deliver(id: string, failed: Sentence | null): number | null {
    for (const [of, change] of this.#changes) {
      if (change.id === id) {
        this.#changes.set(of, { id, amending: { ...change.amending, failed } });
        return of;
      }
    }
    return null;
  }

  /** The log has it, or never will. What it amends. */
  remove(id: string): number | null {
    for (const [of, change] of this.#changes) {
      if (change.id === id) {
        this.#changes.delete(of);
        return of;
      }
    }
    for (const [of, reacting] of this.#reacting) {
      if (reacting.some((one) => one.id === id)) {
        this.#keep(
          of,
          reacting.filter((one) => one.id !== id),
        );
        return of;
      }
    }
    return null;
  }

  /** The id of the edit or deletion of this message, if there is one. */
  idOf(seq: number): string | null {
    return this.#changes.get(seq)?.id ?? null;
  }

  hasFailed(seq: number): boolean {
    return (this.#changes.get(seq)?.amending.failed ?? null) !== null;
  }

  over(
    {
      seq,
      content,
      reactions,
    }: { readonly seq: number; readonly content: Content; readonly reactions: readonly wire.Reaction[] },
    you: wire.Member,
  ): Overlay {
    const amending = this.#changes.get(seq)?.amending ?? null;
    const deleted = content.kind === 'deleted';
    const shown = deleted || amending === null || amending.failed !== null ? content : contentOf(amending);
    const own = deleted ? [] : (this.#reacting.get(seq) ?? []);
    // Whatever else was tried, there is nothing left to try it on.
    return {
      amending: deleted ? null : amending,
      content: shown,
      reactions: own.reduce((all, one) => reacted(all, one, you), reactions),
    };
  }

  #react(of: number, reacting: Reacting): void {
    const others = (this.#reacting.get(of) ?? []).filter(({ emoji }) => emoji !== reacting.emoji);
    this.#keep(of, [...others, reacting]);
  }

  #keep(of: number, reacting: readonly Reacting[]): void {
    if (reacting.length === 0) {
      this.#reacting.delete(of);
    } else {
      this.#reacting.set(of, reacting);
    }
  }
}

function contentOf(amending: Amending): Content {
  return amending.kind === 'edit' ? { kind: 'text', body: amending.body } : { kind: 'deleted' };
}
