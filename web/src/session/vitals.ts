// How the session has been since the page was loaded, as far as it can be measured: round trips, pings that nothing
// answered, how often it was resumed. For people and for whoever helps them: no names, no texts, no tokens. Bounded:
// the last round trips are kept.

import type { TransportName } from '../transport/carrier.ts';
import { VERSION } from '../wire/protocol.ts';

export interface Trip {
  /** When the answer came, in milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  readonly transport: TransportName;
}

/** Why WebTransport does not carry the session. `failed` has the browser's own words. */
export type Missing =
  | { readonly kind: 'unsupported' | 'notOffered' | 'silent' }
  | { readonly kind: 'failed'; readonly text: string };

export interface Vitals {
  /** Tells this page's session from others in the operator's log; nothing can be done with it. */
  readonly id: string;
  /** Name and version, as the server says it; empty before the first connection. */
  readonly server: string;
  /** The version of the wire. */
  readonly protocol: number;
  /** The oldest first. */
  readonly trips: readonly Trip[];
  /** Pings that were answered, and those that never were. */
  readonly answered: number;
  readonly unanswered: number;
  /** How often the server knew the session again. */
  readonly resumed: number;
  /** Null while it does, or before anything is known. */
  readonly missing: Missing | null;
}

/** Ten minutes of a quiet connection. */
const KEPT = 240;
/** The browser's words are for people to read. */
const MOST_CHARS = 300;

export class VitalSigns {
  #now: Vitals;

  readonly #changed: (vitals: Vitals) => void;

  /** Fresh random bytes; and who hears of every change. */
  constructor(seed: Uint8Array, changed: (vitals: Vitals) => void) {
    this.#changed = changed;
    const id = Array.from(seed, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const nothing = { trips: [], answered: 0, unanswered: 0, resumed: 0, missing: null };
    this.#now = { id, server: '', protocol: VERSION, ...nothing };
  }

  /** Another object whenever something has changed. */
  get now(): Vitals {
    return this.#now;
  }

  trip(trip: Trip): void {
    const trips = [...this.#now.trips, trip].slice(-KEPT);
    this.#change({ trips, answered: this.#now.answered + 1 });
  }

  unanswered(count: number): void {
    if (count > 0) {
      this.#change({ unanswered: this.#now.unanswered + count });
    }
  }

  welcomed(server: string, resumed: boolean): void {
    this.#change({ server, resumed: this.#now.resumed + (resumed ? 1 : 0) });
  }

  /** What this browser has, and what of it the server offers. */
  offered(supported: readonly TransportName[], offered: readonly TransportName[]): void {
    if (!offered.includes('WebTransport')) {
      this.#change({ missing: { kind: supported.includes('WebTransport') ? 'notOffered' : 'unsupported' } });
    }
  }

  /** A carrier has come up, or has not. */
  dialled(transport: TransportName, missing: Missing | null): void {
    if (transport === 'WebTransport') {
      const cut = missing?.kind === 'failed' ? { ...missing, text: missing.text.slice(0, MOST_CHARS) } : missing;
      this.#change({ missing: cut });
    }
  }

  #change(part: Partial<Vitals>): void {
    this.#now = { ...this.#now, ...part };
    this.#changed(this.#now);
  }
}
