// Where a link stands, and how people are told.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye } from '../wire/protocol.ts';
import type { Dial, Race } from './race.ts';

/** The state of the connection, as people are told it. */
export type Status =
  | { readonly kind: 'connecting' | 'offline' }
  | { readonly kind: 'live'; readonly transport: TransportName; readonly rttMs: number | null }
  | { readonly kind: 'reconnecting'; readonly retryAt: number | null }
  | { readonly kind: 'closed'; readonly reason: string };

export interface Live {
  readonly kind: 'live';
  readonly dial: Dial;
  readonly transport: TransportName;
  readonly since: number;
  rttMs: number | null;
  ping: { readonly nonce: number; readonly at: number; answered: boolean } | null;
  probe: { readonly dial: Dial; greeting: boolean } | null;
}

export type Phase =
  | { readonly kind: 'idle' | 'offline' }
  | { readonly kind: 'racing'; readonly race: Race | null }
  | Live
  | { readonly kind: 'resuming'; readonly retryAt: number }
  | { readonly kind: 'closed'; readonly reason: string };

/** `tried`: an attempt has been made before this one. */
export function statusOf(phase: Phase, tried: boolean): Status {
  switch (phase.kind) {
    case 'idle':
      return { kind: 'connecting' };
    case 'racing':
      return tried ? { kind: 'reconnecting', retryAt: null } : { kind: 'connecting' };
    case 'live':
      return { kind: 'live', transport: phase.transport, rttMs: phase.rttMs };
    case 'resuming':
      return { kind: 'reconnecting', retryAt: phase.retryAt };
    case 'offline':
      return { kind: 'offline' };
    case 'closed':
      return { kind: 'closed', reason: phase.reason };
  }
}

/** The dial that speaks for the session: the one that has greeted last. */
export function speakerOf(phase: Phase): Dial | null {
  switch (phase.kind) {
    case 'racing':
      return phase.race?.greeting ?? null;
    case 'live':
      return phase.probe?.greeting ? phase.probe.dial : phase.dial;
    case 'idle':
    case 'offline':
    case 'resuming':
    case 'closed':
      return null;
  }
}

/** Why the server has closed for good, for people. */
export function reasonOf(bye: Bye): string {
  switch (bye.code) {
    case 'Replaced':
      return 'This chat was opened elsewhere.';
    case 'Version':
      return 'This page is out of date: reload it.';
    case 'Draining':
    case 'Slow':
    case 'Malformed':
    case 'Timeout':
    case 'Full':
    case 'TokenReused':
    case 'Goodbye':
      return bye.text;
  }
}
