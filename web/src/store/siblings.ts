// The other tabs of the same person: which rooms they are in, this one is in, too. Best effort: who hears nothing of it has
// a room less in the list.

import type { Environment } from '../session/environment.ts';
import { packed, unpacked } from '../session/lodging-text.ts';
import type { Lodging } from '../session/slot.ts';

export class Siblings {
  readonly #env: Environment;

  /** `came`: in another tab, somebody of any name has entered a room. */
  constructor(env: Environment, signal: AbortSignal, came: (lodging: Lodging) => void) {
    this.#env = env;
    env.pages.listen((text) => {
      const lodging = parsed(text);
      if (lodging !== null) {
        came(lodging);
      }
    }, signal);
  }

  tell(lodging: Lodging): void {
    this.#env.pages.say(JSON.stringify({ came: packed(lodging) }));
  }
}

function parsed(text: string): Lodging | null {
  try {
    const { came } = JSON.parse(text) as Record<string, unknown>;
    return unpacked(came);
  } catch {
    return null; // somebody else's words
  }
}
