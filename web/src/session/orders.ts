// What the link's machine wants done in one turn, in order.

import type { TransportName } from '../transport/carrier.ts';
import type { Effect, TimerName } from './link-types.ts';
import type { Dial } from './race.ts';

const TIMERS: readonly TimerName[] = ['attempt', 'headStart', 'greet', 'retry', 'beat', 'probe'];

export class Orders {
  #effects: Effect[] = [];
  #dials = 0;
  #pings = 0;

  push(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** All since the last time. */
  take(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** `fresh`: look again at where the server is to be found. */
  dial(transport: TransportName, fresh: boolean): Dial {
    this.#dials += 1;
    this.push({ kind: 'dial', dial: this.#dials, transport, fresh });
    return this.#dials;
  }

  greet(dial: Dial, withinMs: number): void {
    this.push({ kind: 'greet', dial });
    this.timer('greet', withinMs);
  }

  /** Returns the nonce. */
  ping(dial: Dial): number {
    this.#pings += 1;
    this.push({ kind: 'ping', dial, nonce: this.#pings });
    return this.#pings;
  }

  drop(dial: Dial): void {
    this.push({ kind: 'drop', dial });
  }

  /** `null` takes it back. */
  timer(timer: TimerName, ms: number | null): void {
    this.push({ kind: 'timer', timer, ms });
  }

  clearTimers(): void {
    for (const timer of TIMERS) {
      this.timer(timer, null);
    }
  }
}
