// Where a link stands, and how people are told.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye } from '../wire/protocol.ts';
import type { Live } from './live.ts';
import type { Loss } from './moves.ts';
import type { Dial, Race } from './race.ts';
import type { Sentence } from './sentence.ts';

/** The state of the connection, as people are told it. */
export type Status =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'offline'; readonly loss: Loss | null }
  | {
      readonly kind: 'live';
      readonly transport: TransportName;
      /** The usual round trip of the last half minute. */
      readonly rttMs: number | null;
      /** In milliseconds since 1970. */
      readonly since: number;
    }
  | { readonly kind: 'reconnecting'; readonly retryAt: number | null; readonly loss: Loss | null }
  | { readonly kind: 'closed'; readonly reason: Sentence };

export type Phase =
  | { readonly kind: 'idle' | 'offline' }
  /** `moving`: over a carrier that was dialled in time; without a race: looking for the server. */
  | { readonly kind: 'racing'; readonly race: Race | null; readonly moving: boolean }
  | Live
  | { readonly kind: 'resuming'; readonly retryAt: number }
  | { readonly kind: 'closed'; readonly reason: Sentence };

/** `tried`: an attempt has been made before this one. */
export function statusOf(phase: Phase, tried: boolean, loss: Loss | null): Status {
  switch (phase.kind) {
    case 'idle':
      return { kind: 'connecting' };
    case 'racing':
      return tried ? { kind: 'reconnecting', retryAt: null, loss } : { kind: 'connecting' };
    case 'live':
      return { kind: 'live', transport: phase.transport, rttMs: phase.rttMs, since: phase.since };
    case 'resuming':
      return { kind: 'reconnecting', retryAt: phase.retryAt, loss };
    case 'offline':
      return { kind: 'offline', loss };
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
      return phase.moving && phase.second !== null ? phase.second.dial : phase.dial;
    case 'idle':
    case 'offline':
    case 'resuming':
    case 'closed':
      return null;
  }
}

/** Why the server has closed for good, for people. */
export function reasonOf({ code, text }: Bye): Sentence {
  switch (code) {
    case 'Replaced':
      return { code, text: 'This chat was opened elsewhere.' };
    case 'Version':
      return { code, text: 'This page is out of date: reload it.' };
    case 'Draining':
    case 'Slow':
    case 'Malformed':
    case 'Timeout':
    case 'Full':
    case 'TokenReused':
    case 'Goodbye':
      return { code, text };
  }
}
