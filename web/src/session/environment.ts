// All that a session needs of the world, so that tests can be the world. Nothing below this line reads a clock, draws
// randomness or touches the browser.

import type { Carrier, TransportName } from '../transport/carrier.ts';

/** What `GET /.well-known/chinwag` says, as far as a client needs it. */
export interface Discovery {
  readonly server: string;
  readonly webtransport: { readonly port: number; readonly path: string; readonly hashes: readonly string[] } | null;
  readonly websocket: { readonly path: string } | null;
  readonly mapUrl: string;
}

/** A place for small texts that may be full or forbidden: then it forgets, and nothing else happens. */
export interface Keep {
  get(key: string): string | null;
  /** `null` removes it. */
  set(key: string, value: string | null): void;
}

/** What the world tells of itself. `visible` and `hidden` are the page's. */
export type WorldEvent = 'online' | 'offline' | 'visible' | 'hidden';

export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 (included) to 1 (excluded). */
  random(): number;
  /** From the strong source. */
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
  /** Returns how to take it back. */
  after(ms: number, run: () => void): () => void;
  discover(signal: AbortSignal): Promise<Discovery>;
  /** The transports that this browser has. */
  readonly supported: readonly TransportName[];
  /** Resolves when the carrier can carry the first frame. */
  dial(transport: TransportName, discovery: Discovery, signal: AbortSignal): Promise<Carrier>;
  /** Lives as long as the tab, over reloads. */
  readonly tab: Keep;
  /** Lives on, for all tabs. */
  readonly device: Keep;
  /** What is known of the network by which verdicts on transports are kept apart. */
  network(): string;
  watch(tell: (event: WorldEvent) => void, signal: AbortSignal): void;
  /** Name and version of this software. */
  readonly client: string;
}
