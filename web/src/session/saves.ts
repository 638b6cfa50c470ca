// Which changes of an outbox have been handed over to be kept, and up to which of them all is kept.

import { NO_ORIGIN, type Origin } from './origin.ts';
import type { Outbox } from './outbox.ts';
import type { RoomEffect } from './room-events.ts';

export class Saves {
  #last = 0;
  #kept = 0;
  #warned = false;
  #savedFor: Origin = NO_ORIGIN;

  /** All saves up to this one are kept, or have been given up. */
  get kept(): number {
    return this.#kept;
  }

  /** What is to be kept now; null if nothing has changed. */
  next(outbox: Outbox, hurry: boolean): RoomEffect | null {
    const items = outbox.changes(this.#last + 1);
    const { origin } = outbox;
    if (items.length === 0 && origin === this.#savedFor) {
      return null;
    }
    this.#last += 1;
    const awaited = origin !== this.#savedFor || items.some(([, item]) => item?.refused === null);
    this.#savedFor = origin;
    return { kind: 'save', save: this.#last, awaited, hurry, origin, items };
  }

  /** True the first time that something could not be kept. */
  done(save: number, safely: boolean): boolean {
    this.#kept = Math.max(this.#kept, save);
    const first = !safely && !this.#warned;
    this.#warned ||= !safely;
    return first;
  }
}
