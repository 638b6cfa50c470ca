// Brings what is to be kept onto the shelf: one write at a time, and whatever comes meanwhile goes together in the next
// one, so that a flood costs as many writes as the shelf can do, not one for each message.

import type { Environment, Shelf } from './environment.ts';

/** What nobody waits for is written after so long, if nothing takes it along before. */
const LAZY_MS = 250;
/** A shelf that does not answer for so long is as good as full. A greeting waits for it, and has 3 s in all. */
const PATIENCE_MS = 1_500;

export class Keeper {
  readonly #env: Environment;
  readonly #shelf: Shelf;
  /** Bounded by the rows there are: a later change of a row replaces the earlier one. */
  #changes = new Map<string, unknown>();
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<boolean> | null = null;
  #lazy: (() => void) | null = null;
  #safe = false;

  constructor(env: Environment, shelf: Shelf) {
    this.#env = env;
    this.#shelf = shelf;
  }

  /** Null takes the row away. Written with the next write, at the latest after a while. */
  put(key: string, value: unknown): void {
    this.#changes.set(key, value);
    this.#lazy ??= this.#env.after(LAZY_MS, () => void this.kept('quick')); // never rejects
  }

  /** Resolves when all that was put before is on the shelf; with false if that could not be. */
  kept(how: 'quick' | 'safe'): Promise<boolean> {
    this.#safe ||= how === 'safe';
    if (this.#next === null) {
      this.#next = this.#last.then(() => this.#write());
      this.#last = this.#next;
    }
    return this.#next;
  }

  async #write(): Promise<boolean> {
    this.#next = null;
    this.#lazy?.();
    this.#lazy = null;
    const how = this.#safe ? 'safe' : 'quick';
    this.#safe = false;
    const changes = this.#changes;
    this.#changes = new Map();
    const kept = changes.size === 0 || (await this.#attempt(changes, how));
    if (!kept) {
      // They go along with the next write, unless there is something newer to say by then.
      this.#changes = new Map([...changes, ...this.#changes]);
    }
    return kept;
  }

  #attempt(changes: ReadonlyMap<string, unknown>, how: 'quick' | 'safe'): Promise<boolean> {
    return inTime(this.#env, PATIENCE_MS, this.#shelf.write(changes, how)).then(
      () => true,
      () => false,
    );
  }
}

/** Rejects when it takes too long. */
export function inTime<T>(env: Environment, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = env.after(ms, () => reject(new Error('took too long')));
    work.then(resolve, reject).finally(cancel);
  });
}
