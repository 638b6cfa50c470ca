// Timers by name, of which each runs at most once at a time.

import type { Environment } from './environment.ts';

export class Timers<Name> {
  readonly #env: Environment;
  readonly #cancels = new Map<Name, () => void>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** `null` takes it back. */
  set(name: Name, ms: number | null, run: () => void): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
    if (ms !== null) {
      this.#cancels.set(name, this.#env.after(ms, run));
    }
  }
}
