// Who this page is. A session is resumed by a token, and the token changes at every greeting: the one that resumes next
// time is drawn and kept *before* it is sent, so that a lost answer costs nothing. Never logged.

import type { Environment } from './environment.ts';
import { hex, unhex } from './hex.ts';
import type { Slot } from './slot.ts';
import type { Slots } from './slots.ts';

const TOKEN_BYTES = 32;

type Token = Uint8Array<ArrayBuffer>;

export interface Greeting {
  readonly token: Token | null;
  readonly next: Token;
}

export class Identity {
  readonly #env: Environment;
  readonly #slots: Slots;

  constructor(env: Environment, slots: Slots) {
    this.#env = env;
    this.#slots = slots;
  }

  /** The pair to greet with, once it is kept: the same one until it has been welcomed. */
  async greeting(): Promise<Greeting> {
    const slot = await this.#slots.current();
    const greeting = this.#drawn(slot);
    await slot.kept(); // if it cannot be kept, the session lasts as long as the page
    return slot === this.#slots.opened ? greeting : this.greeting();
  }

  /** The last greeting has been welcomed. */
  welcomed(): void {
    const slot = this.#slots.opened;
    if (slot.pair.next !== null) {
      slot.pair = { token: slot.pair.next, next: null };
    }
  }

  /** The next greeting is a stranger's. */
  forget(): void {
    this.#slots.forgetPair();
  }

  #drawn(slot: Slot): Greeting {
    const { token, next } = slot.pair;
    const drawn = unhex(next, TOKEN_BYTES) ?? this.#env.randomBytes(TOKEN_BYTES);
    slot.pair = { token, next: hex(drawn) };
    return { token: unhex(token, TOKEN_BYTES), next: drawn };
  }
}
