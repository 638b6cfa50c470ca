// A world in virtual time for tests: a clock, timers, storage and a network that can be cut, with a server at its end.

import type { Discovery, Environment, Keep, WorldEvent } from '../session/environment.ts';
import type { Carrier, Lane, LaneListener, TransportName } from '../transport/carrier.ts';
import type { FakeServer } from './server.ts';

/** `drops`: packets vanish; `closed`: refused at once. */
export type Path = 'works' | 'drops' | 'closed';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** More turns of the microtask queue than any chain of promises here is long. */
const TURNS = 25;

/** A small generator of its own (mulberry32), so that every run of a test is the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class World {
  now = 1_000_000;
  readonly latency = 5;
  /** How long it takes to open a carrier. */
  readonly handshakeMs = { WebTransport: 10, WebSocket: 10 };
  readonly random: () => number;
  readonly server: FakeServer;
  udp: Path = 'works';
  tcp: Path = 'works';
  offers: readonly TransportName[] = ['WebTransport', 'WebSocket'];
  /** Every dial, with the virtual time since the start. */
  readonly dials: { readonly transport: TransportName; readonly at: number }[] = [];
  readonly carriers = new Set<FakeCarrier>();
  readonly #started = this.now;
  readonly #timers = new Set<Timer>();
  #order = 0;

  constructor(server: FakeServer, random: () => number = () => 0.5) {
    this.server = server;
    this.random = random;
  }

  path(transport: TransportName): Path {
    return transport === 'WebTransport' ? this.udp : this.tcp;
  }

  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const timer = { at: this.now + ms, order: this.#order, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (let timer = this.#next(end); timer !== null; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.now = Math.max(this.now, timer.at);
      timer.run();
      await settle();
    }
    this.now = end;
  }

  /** Advances until the condition holds. */
  async until(holds: () => boolean, limitMs = 60_000): Promise<void> {
    for (const end = this.now + limitMs; !holds(); ) {
      if (this.now > end) {
        throw new Error('the awaited condition never came to hold');
      }
      await this.advance(5);
    }
  }

  /** Breaks every connection; what is under way is lost. */
  async cut(): Promise<void> {
    for (const carrier of [...this.carriers]) {
      carrier.break();
    }
    await settle();
  }

  /** One tab of a browser. */
  tab(): Tab {
    return new Tab(this);
  }

  elapsed(): number {
    return this.now - this.#started;
  }

  #next(end: number): Timer | null {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.reduce<Timer | null>((first, timer) => (first === null || before(timer, first) ? timer : first), null);
  }
}

/** What survives a reload, and the environment of one life of the page. */
export class Tab {
  readonly storage = new Map<string, string>();
  readonly device = new Map<string, string>();
  readonly #world: World;
  #tell: (event: WorldEvent) => void = () => undefined;

  constructor(world: World) {
    this.#world = world;
  }

  happens(event: WorldEvent): void {
    this.#tell(event);
  }

  environment(): Environment {
    const world = this.#world;
    return {
      now: () => world.now,
      random: () => world.random(),
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256)),
      after: (ms, run) => world.after(ms, run),
      discover: (signal) => discover(world, signal),
      supported: ['WebTransport', 'WebSocket'],
      dial: (transport, _, signal) => dial(world, transport, signal),
      tab: kept(this.storage),
      device: kept(this.device),
      network: () => 'test',
      watch: (tell) => {
        this.#tell = tell;
      },
      client: 'test',
    };
  }
}

export class FakeCarrier implements Carrier {
  readonly transport: TransportName;
  readonly closed: Promise<void>;
  /** Open, but nothing flows. */
  stalled = false;
  readonly #world: World;
  readonly #listeners = new Map<number, LaneListener>();
  #lanes = 0;
  #open = true;
  #end: () => void = () => undefined;

  constructor(world: World, transport: TransportName) {
    this.#world = world;
    this.transport = transport;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    world.carriers.add(this);
    world.server.connect(this);
  }

  openLane(listener: LaneListener): Lane {
    const lane = this.#lanes;
    this.#lanes += 1;
    this.#listeners.set(lane, listener);
    return {
      send: (payload) => this.#carry(() => this.#world.server.receive(this, lane, payload.slice())),
      end: () => undefined,
    };
  }

  /** The server's side. */
  deliver(lane: number, payload: Uint8Array): void {
    this.#carry(() => this.#listeners.get(lane)?.frame(payload));
  }

  /** The server's side: closes after what it has said. */
  finish(): void {
    this.#carry(() => this.break());
  }

  /** The client's side. */
  close(): void {
    this.#listeners.clear();
    this.#world.after(this.#world.latency, () => this.break());
  }

  break(): void {
    if (this.#open) {
      this.#open = false;
      this.#world.carriers.delete(this);
      this.#world.server.disconnect(this);
      this.#end();
    }
  }

  #carry(run: () => void): void {
    this.#world.after(this.#world.latency, () => {
      if (this.#open && !this.stalled) {
        run();
      }
    });
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await Promise.resolve();
  }
}

function kept(map: Map<string, string>): Keep {
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => {
      if (value === null) {
        map.delete(key);
      } else {
        map.set(key, value);
      }
    },
  };
}

function discover(world: World, signal: AbortSignal): Promise<Discovery> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    world.after(world.latency * 2, () => {
      if (world.tcp !== 'works') {
        reject(new Error('no server'));
      }
      resolve({
        server: 'fake',
        webtransport: world.offers.includes('WebTransport') ? { port: 1, path: '/wt', hashes: [] } : null,
        websocket: world.offers.includes('WebSocket') ? { path: '/ws' } : null,
        mapUrl: 'https://maps.example/{lat},{lon}',
      });
    });
  });
}

function dial(world: World, transport: TransportName, signal: AbortSignal): Promise<Carrier> {
  world.dials.push({ transport, at: world.elapsed() });
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    world.after(world.handshakeMs[transport], () => {
      const path = world.path(transport);
      if (path === 'closed') {
        reject(new Error('refused'));
      } else if (path === 'works' && !signal.aborted) {
        resolve(new FakeCarrier(world, transport));
      }
    });
  });
}
