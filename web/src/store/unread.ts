// How many messages of others one has not read in a room, and how many of them name one.

/** Nobody counts further; the oldest are the first to be read. */
const MAX_COUNTED = 1_000;

interface Unseen {
  readonly seq: number;
  readonly mention: boolean;
}

export class Unread {
  #unseen: Unseen[] = [];
  #exact = true;
  #readUpTo = 0;

  get readUpTo(): number {
    return this.#readUpTo;
  }

  get count(): number {
    return this.#unseen.length;
  }

  get mentions(): number {
    return this.#unseen.filter(({ mention }) => mention).length;
  }

  /** False: there may be more than are known. */
  get exact(): boolean {
    return this.#exact;
  }

  /** What is known from here on does not begin at what was read, or does. */
  startAnew(readUpTo: number, exact: boolean): void {
    this.#unseen = [];
    this.#readUpTo = readUpTo;
    this.#exact = exact;
  }

  add(seq: number, mention: boolean): void {
    if (seq <= this.#readUpTo) {
      return;
    }
    if (this.#unseen.length < MAX_COUNTED) {
      this.#unseen.push({ seq, mention });
    } else {
      this.#exact = false;
    }
  }

  /** It is deleted. */
  remove(seq: number): void {
    this.#unseen = this.#unseen.filter((unseen) => unseen.seq !== seq);
  }

  /** Only forwards; true if that is news. */
  read(upTo: number): boolean {
    if (upTo <= this.#readUpTo) {
      return false;
    }
    this.#readUpTo = upTo;
    this.#unseen = this.#unseen.filter(({ seq }) => seq > upTo);
    if (this.#unseen.length < MAX_COUNTED) {
      this.#exact = true; // what was not known, or not counted, is older, or there is none
    }
    return true;
  }
}
