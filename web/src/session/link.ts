// The life of a session's connection, as a pure machine: offline, racing, greeting, live, resuming, closed. Inputs, the
// time and a chance go in, effects come out. It decides when to dial, to greet, to ping, to give up and to move; it
// knows nothing of rooms, bytes and sockets. Invariant: at most one dial at a time has said Hello and is not dropped,
// except while the session moves to a better carrier.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye } from '../wire/protocol.ts';
import { backoff, jittered } from './backoff.ts';
import type { Effect, Input, TimerName } from './link-types.ts';
import { type Live, type Phase, reasonOf, type Status, speakerOf, statusOf } from './phase.ts';
import { type Dial, Race, type Step } from './race.ts';
import * as timing from './timing.ts';
import { unreachable } from './unreachable.ts';

const TIMERS: readonly TimerName[] = ['attempt', 'headStart', 'greet', 'retry', 'ping', 'stall', 'probe'];

export class LinkMachine {
  #phase: Phase = { kind: 'idle' };
  #attempt = 0;
  #tried = false;
  #dials = 0;
  #pings = 0;
  #probes = 0;
  #visible = true;
  #online = true;
  #offersWebTransport = false;
  #now = 0;
  #chance = 0;
  #out: Effect[] = [];

  /** `now` in milliseconds since 1970, `chance` from 0 to 1. */
  handle(input: Input, now: number, chance: number): Effect[] {
    this.#now = now;
    this.#chance = chance;
    this.#out = [];
    this.#dispatch(input);
    return this.#out;
  }

  get phase(): 'idle' | 'offline' | 'racing' | 'greeting' | 'live' | 'resuming' | 'closed' {
    const greeting = this.#phase.kind === 'racing' && this.#phase.race?.greeting;
    return typeof greeting === 'number' ? 'greeting' : this.#phase.kind;
  }

  get status(): Status {
    return statusOf(this.#phase, this.#tried);
  }

  #dispatch(input: Input): void {
    switch (input.kind) {
      case 'start':
        return this.#phase.kind === 'live' ? this.#ping(this.#phase) : this.#begin();
      case 'online':
      case 'offline':
      case 'visible':
      case 'hidden':
        return this.#world(input.kind);
      case 'discovered':
        return this.#discovered(input.offered, input.verdict);
      case 'spoke':
        return this.#spoke();
      case 'undiscovered':
        return this.#phase.kind === 'racing' ? this.#fail() : undefined;
      case 'opened':
        return this.#opened(input.dial);
      case 'lost':
        return this.#lost(input.dial);
      case 'frame':
        return this.#heard(input.dial);
      case 'welcome':
        return this.#welcome(input.dial);
      case 'pong':
        return this.#pong(input.dial, input.nonce);
      case 'bye':
        return this.#bye(input.dial, input.bye);
      case 'timer':
        return this.#timeUp(input.timer);
      case 'farewell':
        return this.#farewell(input.again);
      case 'stop':
        return this.#close(input.reason);
      default:
        return unreachable(input);
    }
  }

  #begin(): void {
    this.#dropAll();
    this.#phase = { kind: 'racing', race: null };
    this.#out.push({ kind: 'discover' });
    this.#timer('attempt', timing.ATTEMPT_MS);
  }

  #discovered(offered: readonly TransportName[], verdict: TransportName | null): void {
    if (this.#phase.kind !== 'racing' || this.#phase.race !== null) {
      return;
    }
    this.#offersWebTransport = offered.includes('WebTransport');
    const race = new Race(offered, verdict);
    this.#phase = { kind: 'racing', race };
    this.#run(race, race.next());
  }

  #run(race: Race, steps: readonly Step[]): void {
    for (const step of steps) {
      switch (step.kind) {
        case 'dial':
          race.dialled(this.#dial(step.transport, false), step.transport);
          break;
        case 'greet':
          this.#greet(step.dial);
          break;
        case 'drop':
          this.#out.push(step);
          break;
        case 'headStart':
          this.#timer('headStart', step.ms);
          break;
      }
    }
    if (race.lost) {
      this.#fail();
    }
  }

  #fail(): void {
    this.#rest(backoff(this.#attempt, this.#chance));
    this.#attempt += 1;
  }

  #rest(ms: number): void {
    this.#dropAll();
    this.#tried = true;
    this.#phase = this.#online ? { kind: 'resuming', retryAt: this.#now + ms } : { kind: 'offline' };
    this.#timer('retry', this.#online ? ms : timing.OFFLINE_LOOK_MS);
  }

  #opened(dial: Dial): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race !== null) {
      this.#run(phase.race, phase.race.opened(dial));
    } else if (phase.kind === 'live' && phase.probe?.dial === dial) {
      phase.probe.greeting = true;
      this.#timer('probe', null);
      this.#greet(dial);
    } else {
      this.#out.push({ kind: 'drop', dial });
    }
  }

  #welcome(dial: Dial): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race?.greeting === dial) {
      const transport = phase.race.transportOf(dial) ?? 'WebSocket';
      const slow = phase.race.dialling('WebTransport');
      for (const other of phase.race.others(dial).filter((other) => other !== slow)) {
        this.#out.push({ kind: 'drop', dial: other });
      }
      this.#live(dial, transport, slow);
    } else if (phase.kind === 'live' && phase.probe?.greeting && phase.probe.dial === dial) {
      this.#out.push({ kind: 'drop', dial: phase.dial });
      this.#live(dial, 'WebTransport', null);
    }
  }

  /** `slow` is a WebTransport that was outrun but is still on its way: it becomes the first probe. */
  #live(dial: Dial, transport: TransportName, slow: Dial | null): void {
    this.#clearTimers();
    this.#tried = true;
    const probe = slow === null ? null : { dial: slow, greeting: false };
    const live: Live = { kind: 'live', dial, transport, since: this.#now, rttMs: null, ping: null, probe };
    this.#phase = live;
    this.#probes = 0;
    if (probe !== null) {
      this.#timer('probe', timing.PROBE_LIFE_MS);
    } else {
      this.#out.push({ kind: 'remember', transport });
      this.#planProbe(live);
    }
    this.#ping(live);
  }

  #lost(dial: Dial): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race !== null) {
      if (phase.race.greeting === dial) {
        this.#timer('greet', null);
      }
      this.#run(phase.race, phase.race.failed(dial));
    } else if (phase.kind === 'live' && phase.probe?.dial === dial) {
      this.#probeLost(phase, phase.probe.greeting);
    } else if (phase.kind === 'live' && phase.dial === dial && !phase.probe?.greeting) {
      this.#attempt = this.#now - phase.since < timing.SETTLED_MS ? this.#attempt : 0;
      this.#fail();
    }
  }

  #bye(dial: Dial, bye: Bye): void {
    if (speakerOf(this.#phase) !== dial) {
      return;
    }
    if (bye.code === 'TokenReused') {
      this.#out.push({ kind: 'forget' });
      return this.#fail();
    }
    switch (bye.retry.kind) {
      case 'Stop':
        return this.#close(reasonOf(bye));
      case 'After':
        this.#rest(Math.max(jittered(bye.retry.ms, this.#chance), backoff(this.#attempt, this.#chance)));
        this.#attempt += 1;
    }
  }

  #ping(live: Live): void {
    this.#pings += 1;
    this.#out.push({ kind: 'ping', dial: live.dial, nonce: this.#pings });
    if (live.ping === null || live.ping.answered) {
      this.#timer('stall', timing.STALL_MS);
    }
    live.ping = { nonce: this.#pings, at: this.#now, answered: false };
    this.#timer('ping', this.#visible ? timing.PING_MS : timing.PING_HIDDEN_MS);
  }

  #spoke(): void {
    const phase = this.#phase;
    if (phase.kind === 'live' && phase.ping?.answered) {
      const due = phase.ping.at + timing.SPOKEN_PING_MS;
      return this.#now >= due ? this.#ping(phase) : this.#timer('ping', due - this.#now);
    }
  }

  #heard(dial: Dial): void {
    const phase = this.#phase;
    if (phase.kind === 'live' && phase.dial === dial && phase.ping !== null && !phase.ping.answered) {
      phase.ping.answered = true;
      this.#timer('stall', null);
    }
  }

  #pong(dial: Dial, nonce: number): void {
    const phase = this.#phase;
    if (phase.kind === 'live' && phase.dial === dial && phase.ping?.nonce === nonce) {
      phase.rttMs = Math.max(0, this.#now - phase.ping.at);
    }
  }

  /** Open, but nothing flows: try at once by another way. */
  #stalled(live: Live): void {
    if (live.transport === 'WebTransport') {
      this.#out.push({ kind: 'remember', transport: 'WebSocket' });
    }
    if (this.#now - live.since <= timing.STALL_MS) {
      return this.#fail();
    }
    this.#attempt = 0;
    this.#begin();
  }

  #planProbe(live: Live): void {
    if (live.transport === 'WebSocket' && this.#offersWebTransport) {
      this.#timer('probe', timing.PROBES_MS[Math.min(this.#probes, timing.PROBES_MS.length - 1)] ?? null);
      this.#probes += 1;
    }
  }

  #probe(live: Live): void {
    if (live.probe !== null) {
      this.#out.push({ kind: 'drop', dial: live.probe.dial });
      return this.#probeLost(live, false);
    }
    live.probe = { dial: this.#dial('WebTransport', true), greeting: false };
    this.#timer('probe', timing.PROBE_LIFE_MS);
  }

  /** A probe that has said Hello has taken the session with it: neither carrier can be trusted now. */
  #probeLost(live: Live, greeted: boolean): void {
    this.#out.push({ kind: 'remember', transport: 'WebSocket' });
    if (greeted) {
      return this.#begin();
    }
    live.probe = null;
    this.#planProbe(live);
  }

  #world(event: 'online' | 'offline' | 'visible' | 'hidden'): void {
    switch (event) {
      case 'online':
        this.#online = true;
        return this.#wake();
      case 'visible':
        this.#visible = true;
        return this.#phase.kind === 'racing' ? undefined : this.#wake();
      case 'hidden':
        this.#visible = false;
        return;
      case 'offline':
        this.#online = false;
        if (this.#phase.kind !== 'idle' && this.#phase.kind !== 'closed') {
          this.#rest(timing.OFFLINE_LOOK_MS);
        }
    }
  }

  #wake(): void {
    switch (this.#phase.kind) {
      case 'live':
        return this.#ping(this.#phase);
      case 'offline':
      case 'resuming':
      case 'racing':
        this.#attempt = 0;
        return this.#begin();
      case 'idle':
      case 'closed':
    }
  }

  #timeUp(timer: TimerName): void {
    const phase = this.#phase;
    switch (timer) {
      case 'attempt':
        return phase.kind === 'racing' ? this.#fail() : undefined;
      case 'headStart':
        return phase.kind === 'racing' && phase.race !== null ? this.#run(phase.race, phase.race.next()) : undefined;
      case 'greet':
        return this.#greetedInVain();
      case 'retry':
        return phase.kind === 'resuming' || phase.kind === 'offline' ? this.#begin() : undefined;
      case 'ping':
        return phase.kind === 'live' ? this.#ping(phase) : undefined;
      case 'stall':
        return phase.kind === 'live' ? this.#stalled(phase) : undefined;
      case 'probe':
        return phase.kind === 'live' ? this.#probe(phase) : undefined;
    }
  }

  #greetedInVain(): void {
    const dial = speakerOf(this.#phase);
    if (dial !== null) {
      this.#out.push({ kind: 'drop', dial });
      this.#lost(dial);
    }
  }

  #farewell(again: boolean): void {
    if (this.#phase.kind === 'live' && !this.#phase.probe?.greeting) {
      this.#out.push({ kind: 'farewell', dial: this.#phase.dial });
    }
    this.#dropAll();
    this.#out.push({ kind: 'forget' });
    this.#attempt = 0;
    this.#tried = false;
    return again ? this.#begin() : this.#close('You have left.');
  }

  #close(reason: string): void {
    this.#dropAll();
    this.#attempt = 0;
    this.#phase = { kind: 'closed', reason };
    this.#out.push({ kind: 'ended', reason });
  }

  #dropAll(): void {
    this.#clearTimers();
    const phase = this.#phase;
    const dials = phase.kind === 'racing' ? (phase.race?.others(null) ?? []) : [];
    const live = phase.kind === 'live' ? [phase.dial, ...(phase.probe === null ? [] : [phase.probe.dial])] : [];
    for (const dial of [...dials, ...live]) {
      this.#out.push({ kind: 'drop', dial });
    }
  }

  #dial(transport: TransportName, fresh: boolean): Dial {
    this.#dials += 1;
    this.#out.push({ kind: 'dial', dial: this.#dials, transport, fresh });
    return this.#dials;
  }

  #greet(dial: Dial): void {
    this.#out.push({ kind: 'greet', dial });
    this.#timer('greet', timing.GREET_MS);
  }

  #timer(timer: TimerName, ms: number | null): void {
    this.#out.push({ kind: 'timer', timer, ms });
  }

  #clearTimers(): void {
    for (const timer of TIMERS) {
      this.#timer(timer, null);
    }
  }
}
