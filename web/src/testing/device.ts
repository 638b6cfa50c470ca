// What the tabs of one device share, in virtual time: a shelf that may be slow, full or out of order, loses what was not
// committed when a page crashes, and claims that are free again when a page is gone.

import type { Claims, Pages, Row, Shared, Shelf } from '../session/environment.ts';
import type { World } from './world.ts';

/** One life of a page: from loading it to a reload, a crash or its end. */
export class Life {
  alive = true;
}

export class FakeDevice {
  /** What localStorage holds. */
  readonly storage = new Map<string, string>();
  readonly rows = new Map<string, unknown>();
  /** How long a write takes, and then the word that it is done. */
  writeMs: () => number = () => 1;
  /** Writes fail. */
  full = false;
  /** Browsers may forbid it all; then there is nothing shared. */
  forbidden = false;
  /** Reads and writes never answer. */
  stuck = false;
  /** Committed writes. */
  writes = 0;
  /** What may be lost, at once and for all lives. */
  readonly attic: Shelf = {
    rows: (prefix) => Promise.resolve(structuredClone([...this.#attic].filter(([key]) => key.startsWith(prefix)))),
    write: (changes) => {
      for (const [key, value] of structuredClone([...changes])) {
        value === null ? this.#attic.delete(key) : this.#attic.set(key, value);
      }
      return Promise.resolve();
    },
  };
  readonly #attic = new Map<string, unknown>();
  readonly #world: World;
  readonly #holders = new Map<string, Life>();
  readonly #ears: [Life, (text: string) => void][] = [];

  constructor(world: World) {
    this.#world = world;
  }

  shared(life: Life): Shared | null {
    return this.forbidden ? null : { shelf: this.#shelf(life), claims: this.#claims(life) };
  }

  pages(life: Life): Pages {
    return {
      say: (text) => {
        for (const [other, hear] of life.alive ? [...this.#ears] : []) {
          this.#world.after(1, () => other !== life && other.alive && hear(text));
        }
      },
      listen: (hear) => {
        this.#ears.push([life, hear]);
      },
    };
  }

  ended(life: Life): void {
    life.alive = false;
    for (const [name, holder] of this.#holders) {
      if (holder === life) {
        this.#holders.delete(name);
      }
    }
  }

  #shelf(life: Life): Shelf {
    let freeAt = 0;
    return {
      rows: (prefix) => this.#later(life, 0, () => this.#read(prefix)),
      write: (changes) => {
        // A copy, as a database makes one: what is changed later is not what was written.
        const copies = structuredClone([...changes]);
        freeAt = Math.max(freeAt, this.#world.now) + this.writeMs();
        const committed = this.#later(life, freeAt - this.#world.now, () => this.#commit(copies));
        return committed.then(() => this.#later(life, this.writeMs(), () => undefined));
      },
    };
  }

  #read(prefix: string): Row[] {
    const rows = [...this.rows].filter(([key]) => key.startsWith(prefix));
    return structuredClone(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #commit(changes: readonly Row[]): void {
    if (this.full) {
      throw new Error('full');
    }
    this.writes += 1;
    for (const [key, value] of changes) {
      if (value === null) {
        this.rows.delete(key);
      } else {
        this.rows.set(key, value);
      }
    }
  }

  #later<T>(life: Life, ms: number, run: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const act = (): void => {
        if (!life.alive || this.stuck) {
          return;
        }
        try {
          resolve(run());
        } catch (error) {
          reject(error);
        }
      };
      this.#world.after(ms, act);
    });
  }

  #claims(life: Life): Claims {
    return {
      hold: async (name, patienceMs) => {
        const taken = (): boolean => this.#holders.has(name) && this.#holders.get(name) !== life;
        if (taken()) {
          await this.#later(life, patienceMs, () => undefined);
        }
        const free = !taken();
        if (free) {
          this.#holders.set(name, life);
        }
        return free;
      },
      letGo: (name) => {
        if (this.#holders.get(name) === life) {
          this.#holders.delete(name);
        }
      },
      held: () => Promise.resolve(new Set(this.#holders.keys())),
    };
  }
}
