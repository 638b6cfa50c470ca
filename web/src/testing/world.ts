// A world in virtual time for tests: a clock, timers, storage and a network that can be cut, with a server at its end.

import type { Discovery, Environment, Keep, WorldEvent } from '../session/environment.ts';
import { furnishRooms } from '../store/rooms.ts';
import type { Carrier, Lane, LaneListener, TransportName } from '../transport/carrier.ts';
import { FakeDevice, Life } from './device.ts';
import type { FakeServer } from './server.ts';

// Fetching takes real time, which this world does not have.
await furnishRooms();

/** `drops`: packets vanish; `closed`: refused at once. */
export type Path = 'works' | 'drops' | 'closed';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** How long a server holds on to a connection whose end it cannot have heard of. */
const SERVER_PATIENCE_MS = 10_000;

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
  /** One way, in milliseconds. */
  latency = 5;
  /** How long it takes to open a carrier. */
  readonly handshakeMs = { WebTransport: 10, WebSocket: 10 };
  readonly random: () => number;
  readonly server: FakeServer;
  offers: readonly TransportName[] = ['WebTransport', 'WebSocket'];
  /** Every dial, with the virtual time since the start. */
  readonly dials: { readonly transport: TransportName; readonly at: number }[] = [];
  readonly carriers = new Set<FakeCarrier>();
  readonly lives = new WeakMap<FakeCarrier, Life>();
  readonly #started = this.now;
  readonly #timers = new Set<Timer>();
  #udp: Path = 'works';
  #tcp: Path = 'works';
  #order = 0;

  constructor(server: FakeServer, random: () => number = () => 0.5) {
    this.server = server;
    this.random = random;
  }

  get udp(): Path {
    return this.#udp;
  }

  /** What is under way while packets vanish arrives when they no longer do, in order. */
  set udp(path: Path) {
    this.#udp = path;
    this.#flush();
  }

  get tcp(): Path {
    return this.#tcp;
  }

  set tcp(path: Path) {
    this.#tcp = path;
    this.#flush();
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

  /** The operating system closes what a page that is gone had open. */
  hangUp(life: Life): void {
    for (const carrier of [...this.carriers].filter((carrier) => this.lives.get(carrier) === life)) {
      carrier.break();
    }
  }

  /** One tab of a browser; of a device of its own unless told otherwise. */
  tab(device = new FakeDevice(this)): Tab {
    return new Tab(this, device);
  }

  #flush(): void {
    for (const carrier of [...this.carriers]) {
      carrier.flush();
    }
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
  readonly device: FakeDevice;
  readonly #world: World;
  #life = new Life();
  #tell: (event: WorldEvent) => void = () => undefined;

  constructor(world: World, device: FakeDevice) {
    this.#world = world;
    this.device = device;
  }

  /** As a browser duplicates a tab: what the tab keeps is copied. */
  duplicate(): Tab {
    const tab = new Tab(this.#world, this.device);
    for (const [key, value] of this.storage) {
      tab.storage.set(key, value);
    }
    return tab;
  }

  /** The page is gone without a word: nothing of it runs any more, and what was not committed is lost. */
  crash(): void {
    this.device.ended(this.#life);
    this.#world.hangUp(this.#life);
  }

  happens(event: WorldEvent): void {
    this.#tell(event);
  }

  /** Of a new life of the page; the one before ends, as at a reload. */
  environment(): Environment {
    const world = this.#world;
    this.crash();
    const life = new Life();
    this.#life = life;
    return {
      now: () => world.now,
      random: () => world.random(),
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256)),
      after: (ms, run) => world.after(ms, () => life.alive && run()),
      discover: (signal) => discover(world, signal),
      supported: ['WebTransport', 'WebSocket'],
      dial: (transport, _, signal) => dial(world, { transport, life }, signal),
      tab: kept(this.storage, life),
      device: kept(this.device.storage, life),
      shared: this.device.shared(life),
      attic: this.device.attic,
      network: () => 'test',
      watch: (tell) => {
        this.#tell = (event) => life.alive && tell(event);
      },
      pages: this.device.pages(life),
      origin: 'https://chat.example',
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
  readonly #held: (() => void)[] = [];
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
    this.#held.splice(0);
    const drops = this.#world.path(this.transport) === 'drops';
    this.#world.after(drops ? SERVER_PATIENCE_MS : this.#world.latency, () => this.break());
  }

  flush(): void {
    if (this.#world.path(this.transport) !== 'drops') {
      for (const run of this.#held.splice(0)) {
        run();
      }
    }
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
      if (!this.#open || this.stalled) {
        return;
      }
      if (this.#world.path(this.transport) === 'drops') {
        this.#held.push(run);
      } else {
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

function kept(map: Map<string, string>, life: Life): Keep {
  return {
    keys: () => [...map.keys()],
    get: (key) => map.get(key) ?? null,
    set: (key, value) => {
      if (!life.alive) {
        return;
      }
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

function dial(
  world: World,
  { transport, life }: { transport: TransportName; life: Life },
  signal: AbortSignal,
): Promise<Carrier> {
  world.dials.push({ transport, at: world.elapsed() });
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    world.after(world.handshakeMs[transport], () => {
      const path = world.path(transport);
      if (path === 'closed') {
        reject(new Error('refused'));
      } else if (path === 'works' && !signal.aborted && life.alive) {
        const carrier = new FakeCarrier(world, transport);
        world.lives.set(carrier, life);
        resolve(carrier);
      }
    });
  });
}
