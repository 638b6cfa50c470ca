// What is said of no room in particular: which public rooms there are, and whether one is away. Questions wait for a
// connection, and are repeated on the next one.

import type { Command, Refusal, RoomCard } from '../wire/protocol.ts';
import type { Environment } from './environment.ts';
import { Questions } from './questions.ts';

/** Rooms asked for at a time. */
const ROOMS = 50;

type Answer = (rooms: readonly RoomCard[] | null) => void;

export class Lobby {
  readonly #env: Environment;
  /** Over the connection that has greeted last. */
  readonly #say: (command: Command) => void;
  readonly #questions = new Questions();
  readonly #waiting = new Map<number, Answer>();
  #asks = 0;
  #welcomed = false;
  #away = false;
  #cancelWake: () => void = () => undefined;

  constructor(env: Environment, say: (command: Command) => void) {
    this.#env = env;
    this.#say = say;
  }

  /** Public rooms whose name holds this; null if the server does not say. */
  rooms(like: string): Promise<readonly RoomCard[] | null> {
    this.#asks += 1;
    const ask = this.#asks;
    return new Promise((resolve) => {
      this.#waiting.set(ask, resolve);
      for (const given of this.#questions.ask({ ask, question: { kind: 'Rooms', like, limit: ROOMS } })) {
        this.#answer(given.ask, null);
      }
      this.#flush();
    });
  }

  setAway(away: boolean): void {
    if (this.#away !== away) {
      this.#away = away;
      this.#tellAway();
    }
  }

  welcomed(): void {
    this.#welcomed = true;
    if (this.#away) {
      this.#tellAway();
    }
    this.#flush();
  }

  lost(): void {
    this.#welcomed = false;
    this.#questions.laneLost();
    this.#cancelWake();
  }

  found(rooms: readonly RoomCard[]): void {
    const asked = this.#questions.answered('Rooms');
    if (asked !== null) {
      this.#answer(asked.ask, rooms);
    }
    this.#flush();
  }

  rejected(refusal: Refusal): void {
    const asked = this.#questions.refused(refusal, this.#env.now());
    if (asked !== null) {
      this.#answer(asked.ask, null);
    }
    this.#flush();
  }

  /** The session will not go on by itself. */
  ended(): void {
    for (const { ask } of this.#questions.clear()) {
      this.#answer(ask, null);
    }
  }

  #tellAway(): void {
    if (this.#welcomed) {
      this.#say({ kind: 'Away', away: this.#away });
    }
  }

  #answer(ask: number, rooms: readonly RoomCard[] | null): void {
    this.#waiting.get(ask)?.(rooms);
    this.#waiting.delete(ask);
  }

  #flush(): void {
    this.#cancelWake();
    if (!this.#welcomed) {
      return;
    }
    const question = this.#questions.due(this.#env.now());
    if (question !== null) {
      this.#say(question);
    }
    const at = this.#questions.deadline;
    if (at !== null) {
      this.#cancelWake = this.#env.after(Math.max(0, at - this.#env.now()), () => this.#flush());
    }
  }
}
