// Which transport works on this network, as far as is known. A verdict expires, because networks change.

import type { TransportName } from '../transport/carrier.ts';
import type { Environment } from './environment.ts';

const LIFE_MS = 10 * 60_000;

export function recall(env: Environment): TransportName | null {
  const [transport, until] = (env.device.get(key(env)) ?? '').split(' ');
  const holds = Number(until) > env.now() && Number(until) <= env.now() + LIFE_MS;
  return holds && (transport === 'WebSocket' || transport === 'WebTransport') ? transport : null;
}

export function remember(env: Environment, transport: TransportName): void {
  env.device.set(key(env), `${transport} ${env.now() + LIFE_MS}`);
}

function key(env: Environment): string {
  return `chinwag.transport.${env.network()}`;
}
