// What whoever helps may want to know, as text to paste. Pure. Names, rooms, messages and tokens are in none of it; it
// is in English in every language, because it is read by whoever helps.

import type { Connection, Loss, Move, Vitals } from '../../store/types.ts';
import { graphOf } from './graph.ts';

export interface Situation {
  readonly now: number;
  readonly build: string;
  readonly browser: string;
  readonly secure: boolean;
  readonly online: boolean;
  readonly connection: Connection;
  readonly vitals: Vitals | null;
  readonly moves: readonly Move[];
}

export function diagnosticsOf(all: Situation): string {
  const { now, build, browser, secure, online, connection, vitals, moves } = all;
  return [
    'Chinwag diagnostics',
    `time: ${iso(now)}`,
    `client: ${build || 'development'}`,
    `browser: ${browser}`,
    `secure context: ${secure}, online: ${online}`,
    `state: ${stateOf(connection)}`,
    ...(vitals === null ? [] : measured(vitals)),
    `moves: ${moves.length}`,
    ...moves.map(moved),
  ].join('\n');
}

function measured(vitals: Vitals): string[] {
  const { id, server, protocol, trips, answered, unanswered, resumed, missing } = vitals;
  const graph = graphOf(trips);
  return [
    `session: ${id}`,
    `server: ${server}, protocol ${protocol}`,
    `pings: ${answered} answered, ${unanswered} unanswered`,
    ...(graph === null ? [] : [`round trip: ${graph.least} to ${graph.most} ms, usually ${graph.usual} ms`]),
    `resumed: ${resumed}`,
    ...(missing === null ? [] : [`WebTransport: ${missing.kind === 'failed' ? missing.text : missing.kind}`]),
  ];
}

function moved({ at, from, to, reason, gapMs, failures }: Move): string {
  return `  ${iso(at)} ${from} -> ${to}: ${reason}, ${Math.round(gapMs)} ms, ${failures} failed`;
}

function stateOf(connection: Connection): string {
  switch (connection.kind) {
    case 'live':
      return `${connection.transport} since ${iso(connection.since)}, ${connection.rttMs ?? '?'} ms`;
    case 'reconnecting':
      return `reconnecting${connection.retryAt === null ? '' : ` at ${iso(connection.retryAt)}`}${lost(connection.loss)}`;
    case 'offline':
      return `offline${lost(connection.loss)}`;
    case 'connecting':
    case 'closed':
      return connection.kind;
  }
}

function lost(loss: Loss | null | undefined): string {
  return loss == null ? '' : `, ${loss.from} gone since ${iso(loss.since)}: ${loss.reason}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
