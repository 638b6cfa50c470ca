// In which order the rooms of a session open their lanes on a new connection: at once, so that one round trip brings
// all of them back; one after another from when that was more than the server keeps for a connection. Invariant: whoever
// waits is called when those before have been answered.

import type { Event } from '../wire/protocol.ts';

export class Comeback<T> {
  readonly #open: (room: T) => void;
  #oneByOne = false;
  #waiting: T[] = [];

  constructor(open: (room: T) => void) {
    this.#open = open;
  }

  /** There is a new connection. */
  begin(all: Iterable<T>): void {
    const rooms = [...all];
    this.#waiting = this.#oneByOne ? rooms.splice(1) : [];
    rooms.forEach(this.#open);
  }

  /** On any lane. */
  heard(event: Event): void {
    if (event.kind === 'Joined' || event.kind === 'JoinRefused') {
      this.next();
    } else if (event.kind === 'Bye' && event.code === 'Slow') {
      this.#oneByOne = true;
    }
  }

  /** One of them is here, or will not be. */
  next(): void {
    const room = this.#waiting.shift();
    if (room !== undefined) {
      this.#open(room);
    }
  }

  /** Opens no lane any more. */
  withdraw(room: T): void {
    this.#waiting = this.#waiting.filter((other) => other !== room);
  }
}
