// Every change of connection since the page was loaded: from what to what, why, and what it cost. Bounded: the last
// ones are kept.

import type { TransportName } from '../transport/carrier.ts';
import type { MoveReason } from '../wire/protocol.ts';

export interface Move {
  /** When the session went on, in milliseconds since 1970. */
  readonly at: number;
  readonly from: TransportName;
  /** May be the same: a new connection of the same kind. */
  readonly to: TransportName;
  readonly reason: MoveReason;
  /** For how long nothing could be said or heard, in milliseconds. */
  readonly gapMs: number;
  /** Attempts in between that led nowhere. */
  readonly failures: number;
}

/** What has not been made good yet. `since` in milliseconds since 1970. */
export type Loss = Pick<Move, 'from' | 'reason'> & { readonly since: number };

const KEPT = 50;

export class Moves {
  #made: readonly Move[] = [];
  #left: Loss | null = null;
  #failures = 0;

  /** The oldest first. A new list for each move. */
  get made(): readonly Move[] {
    return this.#made;
  }

  /** What the session has left behind, until there is a connection again. */
  get loss(): Loss | null {
    return this.#left;
  }

  /** The session has lost its connection, or gives it up; what it leaves after that on its way to the next does not count. */
  leave(from: TransportName, reason: MoveReason, since: number): void {
    this.#left ??= { from, reason, since };
  }

  failed(): void {
    this.#failures += 1;
  }

  /** There is a connection. Null if it is the first. */
  arrive(to: TransportName, now: number): Move | null {
    const left = this.#left;
    const failures = this.#failures;
    this.forget();
    if (left === null) {
      return null;
    }
    const { from, reason, since } = left;
    const move: Move = { at: now, from, to, reason, gapMs: Math.max(0, now - since), failures };
    this.#made = [...this.#made, move].slice(-KEPT);
    return move;
  }

  /** What comes next is a beginning. */
  forget(): void {
    this.#left = null;
    this.#failures = 0;
  }
}
