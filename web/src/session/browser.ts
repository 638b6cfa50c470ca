// The real world of a browser: its clock, its storage, its network.

import { type Carrier, orAborted, type TransportName } from '../transport/carrier.ts';
import { openWebSocket } from '../transport/websocket.ts';
import { hasWebTransport, openWebTransport } from '../transport/webtransport.ts';
import { browserAttic, browserPages, browserShared } from './browser-shared.ts';
import type { Discovery, Environment, Keep, WorldEvent } from './environment.ts';

const DISCOVERY = '/.well-known/chinwag';
const CLIENT = 'chinwag-web/0.1';

/** `origin` is where the server's pages are; by default the one this page comes from. */
export function browserEnvironment(origin: URL = new URL(globalThis.location.href)): Environment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    discover: (signal) => discover(origin, signal),
    supported: hasWebTransport() ? ['WebTransport', 'WebSocket'] : ['WebSocket'],
    dial: (transport, discovery, signal) => dial(origin, transport, discovery, signal),
    tab: keep(() => globalThis.sessionStorage),
    device: keep(() => globalThis.localStorage),
    shared: browserShared(),
    attic: browserAttic(),
    network: () => `${origin.host} ${connectionType()}`,
    watch,
    pages: browserPages(),
    origin: origin.origin,
    client: CLIENT,
  };
}

async function discover(origin: URL, signal: AbortSignal): Promise<Discovery> {
  const answer = await fetch(new URL(DISCOVERY, origin), { signal });
  if (!answer.ok) {
    throw new Error(`${DISCOVERY} answers ${answer.status}`);
  }
  const said: unknown = await orAborted(answer.json(), signal);
  return parseDiscovery(said);
}

/** Takes from the document what is well-formed; a transport that is not is as good as not offered. */
export function parseDiscovery(said: unknown): Discovery {
  const all = fields(said);
  const webtransport = fields(all['webtransport']);
  const websocket = fields(all['websocket']);
  const { port, path, hashes } = webtransport;
  return {
    server: text(all['server']),
    webtransport:
      typeof port === 'number' && typeof path === 'string'
        ? { port, path, hashes: Array.isArray(hashes) ? hashes.map(text) : [] }
        : null,
    websocket: typeof websocket['path'] === 'string' ? { path: websocket['path'] } : null,
    mapUrl: text(all['map_url']),
  };
}

async function dial(
  origin: URL,
  transport: TransportName,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<Carrier> {
  const { webtransport, websocket } = discovery;
  switch (transport) {
    case 'WebTransport': {
      if (webtransport === null) {
        break;
      }
      const url = `https://${origin.hostname}:${webtransport.port}${webtransport.path}`;
      return openWebTransport(url, webtransport.hashes.map(fromBase64), signal);
    }
    case 'WebSocket': {
      if (websocket === null) {
        break;
      }
      const scheme = origin.protocol === 'https:' ? 'wss:' : 'ws:';
      return openWebSocket(`${scheme}//${origin.host}${websocket.path}`, signal);
    }
  }
  throw new Error(`${transport} is not offered`);
}

/** Storage may be full or forbidden: the chat goes on without. */
function keep(storage: () => Storage): Keep {
  return {
    keys: () => {
      try {
        return Object.keys(storage());
      } catch {
        return [];
      }
    },
    get: (key) => {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    set: (key, value) => {
      try {
        if (value === null) {
          storage().removeItem(key);
        } else {
          storage().setItem(key, value);
        }
      } catch {
        // Then a reload begins anew.
      }
    },
  };
}

function watch(tell: (event: WorldEvent) => void, signal: AbortSignal): void {
  const visibility = (): void => tell(document.visibilityState === 'visible' ? 'visible' : 'hidden');
  addEventListener('online', () => tell('online'), { signal });
  addEventListener('offline', () => tell('offline'), { signal });
  // A page that comes back out of the cache has lost its connection without a word.
  addEventListener('pageshow', (event) => event.persisted && tell('visible'), { signal });
  document.addEventListener('visibilitychange', visibility, { signal });
  watchNetwork(() => tell('online'), signal);
  if (document.visibilityState === 'hidden') {
    visibility();
  }
}

/** Another kind of network is a network that has come up; the browser says so also when only its speed has changed. */
function watchNetwork(changed: () => void, signal: AbortSignal): void {
  const connection: unknown = 'connection' in navigator ? navigator.connection : null;
  if (!(connection instanceof EventTarget)) {
    return;
  }
  let before = connectionType();
  const look = (): void => {
    const now = connectionType();
    if (now !== before && now !== 'none') {
      changed();
    }
    before = now;
  };
  connection.addEventListener('change', look, { signal });
}

/** "wifi", "cellular", ...: only some browsers say. */
function connectionType(): string {
  const connection: unknown = 'connection' in navigator ? navigator.connection : null;
  return text(fields(connection)['type']);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fromBase64(value: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
}
