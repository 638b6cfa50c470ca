// Several people without browsers who fill a room: as many messages as are wanted, in numbered order as far as that goes.

import { setTimeout as sleep } from 'node:timers/promises';
import { Outsider } from '../faults/outsider.ts';

/** So many turns a second make a steady stream. */
const TURN_MS = 20;
const SECOND = 1_000;

export class Crowd {
  readonly #people: readonly Outsider[];
  #said = 0;

  private constructor(people: readonly Outsider[]) {
    this.#people = people;
  }

  static async join(url: string, room: string, count: number): Promise<Crowd> {
    const names = Array.from({ length: count }, (_, n) => `crowd ${n + 1}`);
    return new Crowd(await Promise.all(names.map((name) => Outsider.join(url, room, name))));
  }

  /** How many messages it has said. */
  get said(): number {
    return this.#said;
  }

  /** Says so many more, as fast as they are stored; resolves when all are. */
  async says(count: number, text: (n: number) => string = numbered): Promise<void> {
    const all = Array.from({ length: count }, (_, n) => text(this.#said + n + 1));
    this.#said += count;
    const { length } = this.#people;
    const shares = this.#people.map((one, k) => ({ one, texts: all.filter((_, n) => n % length === k) }));
    await Promise.all(shares.filter(({ texts }) => texts.length > 0).map(({ one, texts }) => one.write(texts)));
  }

  /** Says so many a second, for so long; answers how many a second it came to. */
  async floods(perSecond: number, seconds: number): Promise<number> {
    const began = performance.now();
    const passed = () => (performance.now() - began) / SECOND;
    let said = 0;
    while (passed() < seconds) {
      const due = Math.floor(passed() * perSecond) - said;
      await this.says(due);
      said += due;
      await sleep(TURN_MS);
    }
    return said / passed();
  }

  leaves(): void {
    for (const one of this.#people) {
      one.leave();
    }
  }
}

/** Told from each other by their numbers. */
function numbered(n: number): string {
  return `message ${n}. A few words such as people say, with *some* of them louder.`;
}
