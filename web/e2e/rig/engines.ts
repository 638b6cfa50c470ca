// The engines that the suite runs in, and the transport that each is expected to reach.

import type { Browser } from './page.ts';
import { startChromium, startFirefox } from './puppeteer.ts';
import { startWebKit } from './webkit.ts';

export interface Engine {
  readonly transport: 'WebTransport' | 'WebSocket';
  /** What differs from the others and a test must know. */
  readonly leastWidth: number;
  start(finder: string): Promise<Browser>;
}

/** No flag of Chromium turns WebTransport off. */
const WITHOUT_WEBTRANSPORT = 'delete globalThis.WebTransport;';

export const engines = {
  chromium: {
    transport: 'WebTransport',
    leastWidth: 0,
    start: (finder) => startChromium({ before: [finder] }),
  },
  'chromium-websocket': {
    transport: 'WebSocket',
    leastWidth: 0,
    start: (finder) => startChromium({ before: [WITHOUT_WEBTRANSPORT, finder] }),
  },
  firefox: {
    transport: 'WebTransport',
    leastWidth: 0,
    start: (finder) => startFirefox({ before: [finder] }),
  },
  // MiniBrowser's tool bar keeps its window from getting as narrow as a phone.
  webkit: {
    transport: 'WebSocket',
    leastWidth: 447,
    start: (finder) => startWebKit([finder]),
  },
} as const satisfies Record<string, Engine>;

export type EngineName = keyof typeof engines;

export function engineNamed(name: string): Engine {
  const engine = Object.entries(engines).find(([known]) => known === name)?.[1];
  if (engine === undefined) {
    throw new Error(`no engine is named ${name}`);
  }
  return engine;
}
