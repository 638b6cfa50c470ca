import { expect, test } from 'vitest';
import type { Connection } from '../../store/types.ts';
import { presenceOf } from './presence.ts';

const LIVE: Connection = { kind: 'live', transport: 'WebSocket', rttMs: 20, since: 0 };
const DOWN: readonly Connection[] = [
  { kind: 'connecting' },
  { kind: 'reconnecting', retryAt: null },
  { kind: 'offline' },
  { kind: 'closed', reason: { text: 'over' } },
];

// P4
test('who is here and who is away is only known over a connection', () => {
  const [awake, away] = [false, true].map((is) => ({ id: 1, nick: 'ann', away: is }) as const);
  const of = (connection: Connection) => [awake, away].map((one) => one && presenceOf(one, connection));
  expect(of(LIVE)).toEqual(['here', 'away']);
  expect(DOWN.map(of)).toEqual(DOWN.map(() => ['unknown', 'unknown']));
});
