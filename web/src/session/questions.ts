// What is asked of a room, or of the server: one question at a time in the order of asking, repeated on a new lane and
// after "not now". The server answers them one after another, so that the first one asked is the one that is answered.

import type { Command, Refusal } from '../wire/protocol.ts';

export type Question = Extract<Command, { readonly kind: 'History' | 'Look' | 'Search' | 'Rooms' }>;

export interface Asked {
  /** The asker's number for it. */
  readonly ask: number;
  readonly question: Question;
}

/** Before a refused question is repeated, at least. */
const AGAIN_MS = 500;
/** More than people can ask for at once; the oldest is given up for a new one. */
const MAX_QUESTIONS = 32;

export class Questions {
  #queue: Asked[] = [];
  /** When the first may be asked; null while its answer is awaited. */
  #askAt: number | null = 0;

  /** Returns what is given up for it. */
  ask(asked: Asked): Asked[] {
    this.#queue.push(asked);
    return this.#queue.length > MAX_QUESTIONS ? this.#queue.splice(1, 1) : [];
  }

  get deadline(): number | null {
    return this.#queue.length === 0 ? null : this.#askAt;
  }

  /** What is to be asked now, once. */
  due(now: number): Question | null {
    const [first] = this.#queue;
    if (first === undefined || this.#askAt === null || now < this.#askAt) {
      return null;
    }
    this.#askAt = null;
    return first.question;
  }

  /** The question that an answer of this kind belongs to; null if nobody waits for it. */
  answered(kind: Question['kind']): Asked | null {
    return this.#askAt === null && this.#queue[0]?.question.kind === kind ? this.#take() : null;
  }

  /** An unnumbered command was refused. The question that is given up for it. */
  refused(refusal: Refusal, now: number): Asked | null {
    if (this.#askAt !== null) {
      return null;
    }
    if (refusal.retry) {
      this.#askAt = now + Math.max(refusal.retryAfterMs, AGAIN_MS);
      return null;
    }
    return this.#take();
  }

  laneLost(): void {
    this.#askAt = 0;
  }

  /** Gives all up. */
  clear(): Asked[] {
    this.#askAt = 0;
    return this.#queue.splice(0);
  }

  #take(): Asked | null {
    this.#askAt = 0;
    return this.#queue.shift() ?? null;
  }
}
