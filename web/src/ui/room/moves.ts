// A change of connection in strings.connection.

import type { Connection, Loss, Move } from '../../store/types.ts';
import { strings } from '../strings.ts';

/** Shorter than anybody notices. */
const UNNOTICED_MS = 150;

export function routeOf({ from, to }: Move): string {
  return from === to ? strings.connection.again(to) : strings.connection.from(from, to);
}

export function reasonOf({ reason, from }: Pick<Move, 'reason' | 'from'>): string {
  switch (reason) {
    case 'Stalled':
      return from === 'WebTransport' ? strings.connection.reason.stalledUdp : strings.connection.reason.stalled;
    case 'Lost':
      return strings.connection.reason.lost;
    case 'Better':
      return strings.connection.reason.better;
    case 'Told':
      return strings.connection.reason.told;
    case 'Network':
      return strings.connection.reason.network;
  }
}

export function lasted({ gapMs }: Move): string {
  return gapMs < UNNOTICED_MS ? strings.connection.unnoticed : strings.connection.paused(gapMs);
}

/** What is not made good yet; null while there is a connection, or there never was one. */
export function lossOf(connection: Connection): Loss | null {
  switch (connection.kind) {
    case 'reconnecting':
    case 'offline':
      return connection.loss ?? null;
    case 'connecting':
    case 'live':
    case 'closed':
      return null;
  }
}
