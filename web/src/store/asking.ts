// What a stay asks of its room's log: pages to read on, places to jump to, what answers answer, and searches. Every
// question has one answer, or is given up after a while.

import type { Environment } from '../session/environment.ts';
import type { Question } from '../session/questions.ts';
import type { RoomEvent } from '../session/room-events.ts';
import type { Sentence } from '../session/sentence.ts';
import type { Entry, Range, Refusal } from '../wire/protocol.ts';
import type { RoomView } from './room-view.ts';
import type { JumpTarget } from './types.ts';

/** Entries asked for at a time: a few screens. */
const PAGE = 100;
/** The server answers for no more at a time. */
const MAX_LOOKS = 32;
/** People do not wait longer for an answer. */
const PATIENCE_MS = 10_000;

type Answer = Extract<RoomEvent, { kind: 'history' | 'found' | 'unanswered' }>;
export type Search = Omit<Extract<Question, { kind: 'Search' }>, 'kind'>;
export type Found =
  | { readonly ok: true; readonly hits: readonly Entry[] }
  | { readonly ok: false; readonly why: Sentence };

const NO_ANSWER: Sentence = { code: 'NoAnswer', text: 'No answer from the server.' };

export class Asking {
  readonly #env: Environment;
  readonly #view: RoomView;
  readonly #ask: (question: Question) => number;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #wanted = new Set<number>();
  readonly #looked = new Set<number>();
  #jump = 0;

  constructor(env: Environment, view: RoomView, ask: (question: Question) => number) {
    this.#env = env;
    this.#view = view;
    this.#ask = ask;
  }

  /** Loads the next page in this direction, unless it is on its way or there is none. */
  load(what: 'older' | 'newer'): void {
    const range = what === 'older' ? this.#view.older() : this.#view.newer();
    if (range !== null) {
      this.#view.asked(what, this.#ask({ kind: 'History', range, limit: PAGE }));
    }
  }

  async jump(to: JumpTarget): Promise<boolean> {
    this.#jump += 1;
    if (to === 'end') {
      this.#view.goToEnd();
      return true;
    }
    if ('seq' in to && this.#view.timeline.goTo(to.seq)) {
      return true;
    }
    const mine = this.#jump;
    const range: Range = 'seq' in to ? { kind: 'Around', seq: to.seq } : { kind: 'At', time: to.at };
    const answer = await this.#answer({ kind: 'History', range, limit: PAGE });
    // Somebody who has gone elsewhere meanwhile stays there.
    return answer?.kind === 'history' && answer.entries.length > 0 && mine === this.#jump;
  }

  /** For all that is asked in one go, each once. */
  look(seq: number): void {
    if (seq <= 0 || this.#looked.has(seq) || this.#view.timeline.targetOf(seq) !== null) {
      return;
    }
    this.#looked.add(seq);
    this.#wanted.add(seq);
    if (this.#wanted.size === 1) {
      queueMicrotask(() => this.#lookNow());
    }
  }

  async search(search: Search): Promise<Found> {
    const answer = await this.#answer({ kind: 'Search', ...search });
    if (answer?.kind === 'found') {
      return { ok: true, hits: answer.hits };
    }
    const refusal = answer?.kind === 'unanswered' ? answer.refusal : null;
    return { ok: false, why: refusal === null ? NO_ANSWER : refusedSearch(refusal) };
  }

  /** Called when the view has heard it. */
  hear(event: RoomEvent): void {
    switch (event.kind) {
      case 'history':
        if (this.#waiting.has(event.ask) && event.entries.length > 0) {
          this.#view.land(event, this.#env.now());
        }
        return this.#resolve(event.ask, event);
      case 'found':
      case 'unanswered':
        return this.#resolve(event.ask, event);
      case 'joined':
        if (event.anew) {
          this.#looked.clear();
        }
        return;
      default:
        return; // no answer
    }
  }

  /** Nobody answers any more. */
  end(): void {
    for (const ask of [...this.#waiting.keys()]) {
      this.#resolve(ask, null);
    }
  }

  #lookNow(): void {
    const seqs = [...this.#wanted];
    this.#wanted = new Set();
    for (let at = 0; at < seqs.length; at += MAX_LOOKS) {
      this.#ask({ kind: 'Look', seqs: seqs.slice(at, at + MAX_LOOKS) });
    }
  }

  #answer(question: Question): Promise<Answer | null> {
    return new Promise((resolve) => {
      const ask = this.#ask(question);
      const cancel = this.#env.after(PATIENCE_MS, () => this.#resolve(ask, null));
      this.#waiting.set(ask, (answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  #resolve(ask: number, answer: Answer | null): void {
    this.#waiting.get(ask)?.(answer);
    this.#waiting.delete(ask);
  }
}

/** What is too long here is no message. */
function refusedSearch({ code, text }: Refusal): Sentence {
  return { code: code === 'TooLong' ? 'SearchTooLong' : code, text };
}
