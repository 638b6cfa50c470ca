// The question for older entries: one at a time, repeated on a new lane and after "not now".

import type { Refusal } from '../wire/protocol.ts';

/** Before a refused question is repeated, at least. */
const AGAIN_MS = 500;

export class OlderQuestion {
  #before: number | null = null;
  /** Null while the answer is awaited. */
  #askAt: number | null = null;

  ask(before: number, now: number): void {
    if (this.#before === null) {
      this.#before = before;
      this.#askAt = now;
    }
  }

  get open(): boolean {
    return this.#before !== null;
  }

  get deadline(): number | null {
    return this.#askAt;
  }

  /** The sequence number to ask with, if it is time to ask. */
  due(now: number): number | null {
    if (this.#askAt === null || now < this.#askAt) {
      return null;
    }
    this.#askAt = null;
    return this.#before;
  }

  /** An unnumbered command was refused. True if the question is given up for it. */
  refused(refusal: Refusal, now: number): boolean {
    if (this.open && refusal.retry) {
      this.#askAt = now + Math.max(refusal.retryAfterMs, AGAIN_MS);
      return false;
    }
    return this.close();
  }

  laneLost(): void {
    this.#askAt = this.#before === null ? null : 0;
  }

  /** Whether there was one. */
  close(): boolean {
    const was = this.open;
    this.#before = null;
    this.#askAt = null;
    return was;
  }
}
