// Names that are not to be heard of, on this device.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Environment } from '../session/environment.ts';
import { folded } from '../session/place.ts';

const KEY = 'chinwag.ignored';

export class Ignored {
  readonly #env: Environment;
  readonly #names = signal<ReadonlySet<string>>(new Set());

  constructor(env: Environment) {
    this.#env = env;
    this.#names.value = new Set(parsed(env.device.get(KEY)));
  }

  /** Folded. */
  get names(): ReadonlySignal<ReadonlySet<string>> {
    return this.#names;
  }

  has(nick: string): boolean {
    return this.#names.peek().has(folded(nick));
  }

  set(nick: string, on: boolean): void {
    const names = new Set(this.#names.peek());
    if (on) {
      names.add(folded(nick));
    } else {
      names.delete(folded(nick));
    }
    this.#names.value = names;
    this.#env.device.set(KEY, names.size === 0 ? null : JSON.stringify([...names]));
  }
}

function parsed(text: string | null): string[] {
  try {
    const names: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
