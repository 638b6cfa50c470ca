// What the round trips of a connection were, and how long an answer may reasonably take.

/** About half a minute of pings. */
const SAMPLES = 8;
/** Faster than this is not to be relied on: machines pause. */
const LEAST_MS = 100;
const UNKNOWN_MS = 500;
const MARGIN = 1.25;

export class RoundTrip {
  readonly #samples: number[] = [];
  readonly #greeting: number | null;

  /** How long the greeting took, in milliseconds: counts until there is something better. */
  constructor(greeting: number | null) {
    this.#greeting = greeting;
  }

  sample(ms: number): void {
    this.#samples.push(Math.max(0, ms));
    if (this.#samples.length > SAMPLES) {
      this.#samples.shift();
    }
  }

  /** The usual one: the median of the last ones, which one late answer does not move. Null before the first answer. */
  get usual(): number | null {
    return sorted(this.#samples)[Math.floor((this.#samples.length - 1) / 2)] ?? null;
  }

  /**
   * An answer that takes longer is late. By the second slowest: half of all round trips may be slow on a bad network,
   * but a single one is a page that was busy, or a packet that was lost.
   */
  get reasonable(): number {
    const slow = sorted(this.#samples).at(this.#samples.length > 1 ? -2 : -1) ?? this.#greeting ?? UNKNOWN_MS;
    return Math.max(LEAST_MS, slow * MARGIN);
  }
}

function sorted(samples: readonly number[]): number[] {
  return [...samples].sort((a, b) => a - b);
}
