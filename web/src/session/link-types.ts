// What goes into and comes out of the link's machine.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye } from '../wire/protocol.ts';
import type { Move } from './moves.ts';
import type { Dial } from './race.ts';
import type { Sentence } from './sentence.ts';
import type { Trip } from './vitals.ts';

export type TimerName = 'attempt' | 'headStart' | 'greet' | 'retry' | 'beat' | 'probe';

export type Input =
  | { readonly kind: 'start' | 'online' | 'offline' | 'visible' | 'hidden' | 'undiscovered' | 'spoke' }
  | { readonly kind: 'discovered'; readonly offered: readonly TransportName[]; readonly verdict: TransportName | null }
  | { readonly kind: 'opened' | 'lost'; readonly dial: Dial }
  /** `awaiting`: answers to commands are still to come. */
  | {
      readonly kind: 'frame';
      readonly dial: Dial;
      readonly from: 'room' | 'control';
      readonly awaiting: boolean;
    }
  | { readonly kind: 'welcome'; readonly dial: Dial; readonly resumed: boolean }
  | { readonly kind: 'pong'; readonly dial: Dial; readonly nonce: number }
  | { readonly kind: 'bye'; readonly dial: Dial; readonly bye: Bye }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'farewell'; readonly again: boolean }
  | { readonly kind: 'stop'; readonly reason: Sentence };

export type Effect =
  | { readonly kind: 'discover' | 'forget' }
  | { readonly kind: 'dial'; readonly dial: Dial; readonly transport: TransportName; readonly fresh: boolean }
  | { readonly kind: 'greet' | 'drop' | 'farewell'; readonly dial: Dial }
  | { readonly kind: 'ping'; readonly dial: Dial; readonly nonce: number }
  /** `tell`: the server knows the session from before, and is to hear of it. */
  | { readonly kind: 'moved'; readonly dial: Dial; readonly move: Move; readonly tell: boolean }
  /** For people to look at: an answered ping, and such as never will be. */
  | { readonly kind: 'trip'; readonly trip: Trip }
  | { readonly kind: 'unanswered'; readonly count: number }
  | { readonly kind: 'remember'; readonly transport: TransportName }
  | { readonly kind: 'timer'; readonly timer: TimerName; readonly ms: number | null }
  | { readonly kind: 'ended'; readonly reason: Sentence };
