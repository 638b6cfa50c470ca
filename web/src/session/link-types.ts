// What goes into and comes out of the link's machine.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye } from '../wire/protocol.ts';
import type { Dial } from './race.ts';

export type TimerName = 'attempt' | 'headStart' | 'greet' | 'retry' | 'ping' | 'stall' | 'probe';

export type Input =
  | { readonly kind: 'start' | 'online' | 'offline' | 'visible' | 'hidden' | 'undiscovered' | 'spoke' }
  | { readonly kind: 'discovered'; readonly offered: readonly TransportName[]; readonly verdict: TransportName | null }
  | { readonly kind: 'opened' | 'lost' | 'frame' | 'welcome'; readonly dial: Dial }
  | { readonly kind: 'pong'; readonly dial: Dial; readonly nonce: number }
  | { readonly kind: 'bye'; readonly dial: Dial; readonly bye: Bye }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'farewell'; readonly again: boolean }
  | { readonly kind: 'stop'; readonly reason: string };

export type Effect =
  | { readonly kind: 'discover' | 'forget' }
  | { readonly kind: 'dial'; readonly dial: Dial; readonly transport: TransportName; readonly fresh: boolean }
  | { readonly kind: 'greet' | 'drop' | 'farewell'; readonly dial: Dial }
  | { readonly kind: 'ping'; readonly dial: Dial; readonly nonce: number }
  | { readonly kind: 'remember'; readonly transport: TransportName }
  | { readonly kind: 'timer'; readonly timer: TimerName; readonly ms: number | null }
  | { readonly kind: 'ended'; readonly reason: string };
