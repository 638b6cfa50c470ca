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
  keys(): readonly string[];
  get(key: string): string | null;
  /** `null` removes it. */
  set(key: string, value: string | null): void;
}

export type Row = readonly [key: string, value: unknown];

/** Rows by key that outlive the page. Every call may fail: storage is full, forbidden or broken. */
export interface Shelf {
  /** The rows whose keys begin like this, in the order of their keys. */
  rows(prefix: string): Promise<readonly Row[]>;
  /**
   * All or nothing, in the order of the calls. `null` takes a row away. Resolves when it survives a crash of the browser
   * (`quick`), or also one of the whole device (`safe`), which takes several times as long.
   */
  write(changes: ReadonlyMap<string, unknown>, how: 'quick' | 'safe'): Promise<void>;
}

/** What only one page at a time may hold. It is free again when the page ends, however it ends. */
export interface Claims {
  /** False if another page holds it and does not let go of it in time. */
  hold(name: string, patienceMs: number): Promise<boolean>;
  letGo(name: string): void;
  /** What any page holds. */
  held(): Promise<ReadonlySet<string>>;
}

/** What all pages of one device have in common. */
export interface Shared {
  readonly shelf: Shelf;
  readonly claims: Claims;
}

/** Nobody need listen, and nothing is kept for those who come later. */
export interface Pages {
  say(text: string): void;
  listen(hear: (text: string) => void, signal: AbortSignal): void;
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
  /** Null where pages cannot share what they keep: then each has what its tab keeps. */
  readonly shared: Shared | null;
  /** What is known of the network by which verdicts on transports are kept apart. */
  network(): string;
  watch(tell: (event: WorldEvent) => void, signal: AbortSignal): void;
  /** Rows that may be lost: what was last seen of each room. Null where nothing is kept. */
  readonly attic: Shelf | null;
  /** Small messages between the pages of one browser; none comes back to its sender. */
  readonly pages: Pages;
  /** Where the pages come from: scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** Name and version of this software. */
  readonly client: string;
}
