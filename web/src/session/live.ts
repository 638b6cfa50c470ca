// A connection that carries the session, and what stands beside it: the heartbeat, and at most one second carrier. That
// is a probe (WebTransport, while on WebSocket: it takes the session as soon as it is open) or a hedge (dialled when the
// connection falls silent: it waits, open, and takes the session if the silence lasts). It decides when to dial, ping
// and greet beside the connection; what becomes of a session without one is for the link's machine.

import type { TransportName } from '../transport/carrier.ts';
import type { MoveReason } from '../wire/protocol.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Orders } from './orders.ts';
import type { Dial } from './race.ts';
import { RoundTrip } from './round-trip.ts';
import * as timing from './timing.ts';

export interface Second {
  readonly dial: Dial;
  readonly transport: TransportName;
  readonly purpose: 'probe' | 'hedge';
  readonly state: 'dialling' | 'open' | 'greeting';
}

export interface Birth {
  readonly dial: Dial;
  readonly transport: TransportName;
  readonly now: number;
  /** How long the greeting took, in milliseconds. */
  readonly greetingMs: number | null;
  readonly offered: readonly TransportName[];
  readonly visible: boolean;
  /** A WebTransport that was outrun but is still on its way: the first probe. */
  readonly slow: Dial | null;
}

export class Live {
  readonly kind = 'live';
  readonly dial: Dial;
  readonly transport: TransportName;
  readonly since: number;
  readonly #orders: Orders;
  readonly #offered: readonly TransportName[];
  readonly #rtt: RoundTrip;
  readonly #heart: Heartbeat;
  readonly #pings = new Map<number, number>();
  #second: Second | null = null;
  #probes = 0;
  #hedgedAt = Number.NEGATIVE_INFINITY;
  /** When the timer of the heart is set to ring; it may ring early, and then nothing is to be done. */
  #beatAt = Number.POSITIVE_INFINITY;
  /** The network has changed since something was heard. */
  #networkChanged = false;
  #greetingSince = 0;

  constructor(orders: Orders, birth: Birth) {
    this.#orders = orders;
    this.dial = birth.dial;
    this.transport = birth.transport;
    this.since = birth.now;
    this.#offered = birth.offered;
    this.#rtt = new RoundTrip(birth.greetingMs);
    this.#heart = new Heartbeat(this.#rtt, birth.now, birth.visible);
    if (birth.slow === null) {
      orders.push({ kind: 'remember', transport: birth.transport });
      this.#planProbe();
    } else {
      this.#second = { dial: birth.slow, transport: 'WebTransport', purpose: 'probe', state: 'dialling' };
      orders.timer('probe', timing.PROBE_LIFE_MS);
    }
    this.wake(birth.now);
  }

  get rttMs(): number | null {
    return this.#rtt.usual;
  }

  /** An answer that takes longer than this is late. */
  get reasonableMs(): number {
    return this.#rtt.reasonable;
  }

  get second(): Second | null {
    return this.#second;
  }

  /** Whether the second carrier has said Hello: the session is there now, or nowhere. */
  get moving(): boolean {
    return this.#second?.state === 'greeting';
  }

  /** Why this connection is given up for its silence, and since when it has been without a use. */
  silence(now: number): { reason: MoveReason; since: number } {
    const reason = this.#networkChanged ? 'Network' : 'Stalled';
    return { reason, since: this.#heart.unansweredSince ?? now };
  }

  get movingSince(): number {
    return this.#greetingSince;
  }

  get networkChanged(): boolean {
    return this.#networkChanged;
  }

  heard(now: number, from: 'room' | 'control', awaiting: boolean): void {
    if (this.moving) {
      return;
    }
    const silent = this.#heart.asking;
    this.#heart.heard(now, from, awaiting);
    this.#networkChanged = false;
    if (silent) {
      this.#speaksAgain(now);
    }
    this.#arm(now);
  }

  spoke(now: number): void {
    this.#heart.spoke(now);
    this.#arm(now);
  }

  pong(now: number, nonce: number): void {
    const at = this.#pings.get(nonce);
    for (const earlier of [...this.#pings.keys()].filter((asked) => asked <= nonce)) {
      this.#pings.delete(earlier);
    }
    if (at !== undefined) {
      this.#rtt.sample(now - at);
      this.#orders.push({ kind: 'trip', trip: { at: now, ms: Math.max(0, now - at), transport: this.transport } });
    }
  }

  /** The connection is given up: what was asked longer ago than an answer takes has been asked in vain. */
  givenUp(now: number): void {
    const late = [...this.#pings.values()].filter((at) => now - at > this.#rtt.reasonable);
    if (late.length > 0) {
      this.#orders.push({ kind: 'unanswered', count: late.length });
    }
  }

  /** Somebody looks again, or asks. */
  wake(now: number): void {
    if (!this.moving) {
      this.#beat(now, this.#heart.wake(now));
    }
  }

  networkBack(now: number): void {
    this.#networkChanged = true;
    this.wake(now);
    if (this.#second === null && this.#mayProbe()) {
      this.#probe();
    }
  }

  set visible(visible: boolean) {
    this.#heart.visible = visible;
  }

  /** The heart's timer has rung. True if the connection is to be given up. */
  rings(now: number): boolean {
    const due = this.#beatAt;
    this.#beatAt = Number.POSITIVE_INFINITY;
    return !this.moving && this.#beat(now, this.#heart.look(now, due));
  }

  /** Time for a probe, or up for one. */
  probeTimer(): void {
    if (this.#second === null) {
      this.#probe();
    } else if (this.#second.purpose === 'probe' && !this.moving) {
      this.#orders.drop(this.#second.dial);
      this.secondLost();
    }
  }

  secondOpened(now: number): void {
    if (this.#second?.purpose === 'probe') {
      this.#orders.timer('probe', null);
      this.#greetSecond(this.#second, now);
    } else if (this.#second !== null) {
      this.#second = { ...this.#second, state: 'open' };
      this.#heart.secondIs('open');
      this.#arm(now);
    }
  }

  /** The second carrier has failed before it said Hello. */
  secondLost(): void {
    const second = this.#second;
    this.#second = null;
    this.#heart.secondIs('none');
    if (second?.purpose === 'probe') {
      this.#orders.push({ kind: 'remember', transport: 'WebSocket' });
      this.#planProbe();
    }
  }

  /** Lets go of the hedge, so that it may carry the session on. A probe is no use for that: it may never come up. */
  takeHedge(): Second | null {
    const second = this.#second;
    if (second === null || second.purpose === 'probe' || second.state === 'greeting') {
      return null;
    }
    this.#second = null;
    return second;
  }

  #beat(now: number, beats: readonly ('ping' | 'hedge' | 'stalled')[]): boolean {
    for (const beat of beats) {
      switch (beat) {
        case 'ping':
          this.#pings.set(this.#orders.ping(this.dial), now);
          break;
        case 'hedge':
          this.#hedge(now);
          break;
        case 'stalled':
          return true;
      }
    }
    this.#arm(now);
    return false;
  }

  /** Sets the timer only if it would ring too late: a flood of frames is not to be a flood of timers. */
  #arm(now: number): void {
    const { due } = this.#heart;
    if (due < this.#beatAt) {
      this.#beatAt = due;
      this.#orders.timer('beat', Math.max(0, due - now));
    }
  }

  #hedge(now: number): void {
    // Who is on WebSocket is so because WebTransport did not work: another socket is likelier to help.
    const transport = this.#offered.includes('WebSocket') ? 'WebSocket' : 'WebTransport';
    if (this.#second === null && now >= this.#hedgedAt + timing.HEDGE_REST_MS) {
      this.#orders.timer('probe', null);
      this.#second = { dial: this.#orders.dial(transport, false), transport, purpose: 'hedge', state: 'dialling' };
    }
  }

  /** The silence is over: the hedge is not needed. */
  #speaksAgain(now: number): void {
    if (this.#second?.purpose === 'hedge') {
      this.#hedgedAt = now;
      this.#orders.drop(this.#second.dial);
      this.#second = null;
      this.#planProbe();
    }
  }

  #greetSecond(second: Second, now: number): void {
    this.#second = { ...second, state: 'greeting' };
    this.#greetingSince = now;
    this.#orders.timer('beat', null);
    this.#orders.greet(second.dial, timing.greetWithin(this.#rtt.reasonable, true));
  }

  #mayProbe(): boolean {
    return this.transport === 'WebSocket' && this.#offered.includes('WebTransport');
  }

  #probe(): void {
    const dial = this.#orders.dial('WebTransport', true);
    this.#second = { dial, transport: 'WebTransport', purpose: 'probe', state: 'dialling' };
    this.#orders.timer('probe', timing.PROBE_LIFE_MS);
  }

  #planProbe(): void {
    if (this.#mayProbe()) {
      this.#orders.timer('probe', timing.PROBES_MS[Math.min(this.#probes, timing.PROBES_MS.length - 1)] ?? null);
      this.#probes += 1;
    }
  }
}
