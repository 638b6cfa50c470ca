// While the server asks this client to slow down.

import { signal } from '@preact/signals';
import type { Environment } from '../session/environment.ts';

export class Throttle {
  /** Local time when sending goes on; null if it does. */
  readonly until = signal<number | null>(null);
  /** Whether that is because the server has no room for messages. */
  readonly full = signal(false);
  readonly #env: Environment;
  #cancel: () => void = () => undefined;

  constructor(env: Environment) {
    this.#env = env;
  }

  set(until: number, full: boolean): void {
    this.full.value = full;
    this.#cancel();
    this.until.value = until;
    this.#cancel = this.#env.after(until - this.#env.now(), () => {
      this.until.value = null;
    });
  }
}
