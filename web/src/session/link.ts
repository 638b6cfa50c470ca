// The life of a session's connection, as a pure machine: offline, racing, greeting, live, resuming, closed. Inputs, the
// time and a chance go in, effects come out. It decides when to look for the server, to race, to greet, to give up and
// to move; what is done beside a live connection is decided in live.ts. It knows nothing of rooms, bytes and sockets.
// Invariant: at most one dial at a time has said Hello and is not dropped, except while the session moves to a better
// carrier.

import type { TransportName } from '../transport/carrier.ts';
import type { Bye, MoveReason } from '../wire/protocol.ts';
import { backoff, jittered } from './backoff.ts';
import type { Effect, Input, TimerName } from './link-types.ts';
import { Live, type Second } from './live.ts';
import { type Move, Moves } from './moves.ts';
import { Orders } from './orders.ts';
import { type Phase, reasonOf, type Status, speakerOf, statusOf } from './phase.ts';
import { type Dial, Race, type Step } from './race.ts';
import type { Sentence } from './sentence.ts';
import * as timing from './timing.ts';
import { unreachable } from './unreachable.ts';

type Racing = Extract<Phase, { kind: 'racing' }>;

export class LinkMachine {
  readonly #orders = new Orders();
  readonly #moves = new Moves();
  #phase: Phase = { kind: 'idle' };
  #attempt = 0;
  #tried = false;
  #visible = true;
  #online = true;
  #offered: readonly TransportName[] = [];
  /** What may be expected of an answer, as far as the last connection told. */
  #reasonableMs: number | null = null;
  #greetedAt = 0;
  #now = 0;
  #chance = 0;

  /** `now` in milliseconds since 1970, `chance` from 0 to 1. */
  handle(input: Input, now: number, chance: number): Effect[] {
    this.#now = now;
    this.#chance = chance;
    this.#dispatch(input);
    return this.#orders.take();
  }

  get phase(): 'idle' | 'offline' | 'racing' | 'greeting' | 'live' | 'resuming' | 'closed' {
    const greeting = this.#phase.kind === 'racing' && this.#phase.race?.greeting;
    return typeof greeting === 'number' ? 'greeting' : this.#phase.kind;
  }

  get status(): Status {
    return statusOf(this.#phase, this.#tried, this.#moves.loss);
  }

  /** Every change of connection so far, the oldest first. */
  get moves(): readonly Move[] {
    return this.#moves.made;
  }

  #dispatch(input: Input): void {
    const phase = this.#phase;
    switch (input.kind) {
      case 'start':
        return phase.kind === 'live' ? phase.wake(this.#now) : this.#begin();
      case 'online':
      case 'offline':
      case 'visible':
      case 'hidden':
        return this.#world(input.kind);
      case 'discovered':
        return this.#discovered(input.offered, input.verdict);
      case 'spoke':
        return phase.kind === 'live' ? phase.spoke(this.#now) : undefined;
      case 'undiscovered':
        return phase.kind === 'racing' ? this.#attemptFailed() : undefined;
      case 'opened':
        return this.#opened(input.dial);
      case 'lost':
        return this.#lost(input.dial, 'Lost');
      case 'frame':
        return this.#speaks(input.dial)?.heard(this.#now, input.from, input.awaiting);
      case 'welcome':
        return this.#welcome(input.dial, input.resumed);
      case 'pong':
        return this.#speaks(input.dial)?.pong(this.#now, input.nonce);
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

  #speaks(dial: Dial): Live | null {
    return this.#phase.kind === 'live' && this.#phase.dial === dial ? this.#phase : null;
  }

  #begin(): void {
    this.#dropAll();
    this.#phase = { kind: 'racing', race: null, moving: false };
    this.#orders.push({ kind: 'discover' });
    this.#orders.timer('attempt', timing.ATTEMPT_MS);
  }

  #discovered(offered: readonly TransportName[], verdict: TransportName | null): void {
    if (this.#phase.kind !== 'racing' || this.#phase.race !== null) {
      return;
    }
    this.#offered = offered;
    const race = new Race(offered, verdict);
    this.#phase = { kind: 'racing', race, moving: false };
    this.#orders.timer('attempt', timing.raceWithin(this.#reasonableMs, false));
    this.#run(this.#phase, race, race.next());
  }

  #run(racing: Racing, race: Race, steps: readonly Step[]): void {
    for (const step of steps) {
      switch (step.kind) {
        case 'dial':
          race.dialled(this.#orders.dial(step.transport, false), step.transport);
          break;
        case 'greet':
          this.#greetedAt = this.#now;
          this.#orders.greet(step.dial, timing.greetWithin(this.#reasonableMs, racing.moving));
          break;
        case 'drop':
          this.#orders.push(step);
          break;
        case 'headStart':
          this.#orders.timer('headStart', step.ms);
          break;
      }
    }
    if (race.lost) {
      this.#raceLost(racing);
    }
  }

  #raceLost({ moving }: Racing): void {
    return moving ? this.#beginAgain() : this.#attemptFailed();
  }

  #attemptFailed(): void {
    this.#moves.failed();
    this.#fail();
  }

  #beginAgain(): void {
    this.#moves.failed();
    this.#begin();
  }

  #fail(): void {
    this.#rest(backoff(this.#attempt, this.#chance));
    this.#attempt += 1;
  }

  #rest(ms: number): void {
    this.#dropAll();
    this.#tried = true;
    this.#phase = this.#online ? { kind: 'resuming', retryAt: this.#now + ms } : { kind: 'offline' };
    this.#orders.timer('retry', this.#online ? ms : timing.OFFLINE_LOOK_MS);
  }

  #opened(dial: Dial): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race !== null) {
      this.#run(phase, phase.race, phase.race.opened(dial));
    } else if (phase.kind === 'live' && phase.second?.dial === dial) {
      phase.secondOpened(this.#now);
    } else {
      this.#orders.drop(dial);
    }
  }

  #welcome(dial: Dial, resumed: boolean): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race?.greeting === dial) {
      const transport = phase.race.transportOf(dial) ?? 'WebSocket';
      const slow = phase.race.dialling('WebTransport');
      for (const other of phase.race.others(dial).filter((other) => other !== slow)) {
        this.#orders.drop(other);
      }
      this.#live(dial, transport, { slow, greetingMs: this.#now - this.#greetedAt, resumed });
    } else if (phase.kind === 'live' && phase.moving && phase.second?.dial === dial) {
      const greetingMs = this.#now - phase.movingSince;
      this.#moves.leave(phase.transport, 'Better', phase.movingSince);
      this.#orders.drop(phase.dial);
      this.#live(dial, phase.second.transport, { slow: null, greetingMs, resumed });
    }
  }

  #live(
    dial: Dial,
    transport: TransportName,
    { slow, greetingMs, resumed }: { slow: Dial | null; greetingMs: number; resumed: boolean },
  ): void {
    this.#orders.clearTimers();
    this.#tried = true;
    const move = this.#moves.arrive(transport, this.#now);
    if (move !== null) {
      this.#orders.push({ kind: 'moved', dial, move, tell: resumed });
    }
    const [now, offered, visible] = [this.#now, this.#offered, this.#visible];
    this.#phase = new Live(this.#orders, { dial, transport, now, greetingMs, offered, visible, slow });
  }

  #lost(dial: Dial, reason: MoveReason): void {
    const phase = this.#phase;
    if (phase.kind === 'racing' && phase.race !== null) {
      if (phase.race.greeting === dial) {
        this.#orders.timer('greet', null);
      }
      this.#run(phase, phase.race, phase.race.failed(dial));
    } else if (phase.kind === 'live' && phase.second?.dial === dial) {
      this.#secondLost(phase, reason);
    } else if (phase.kind === 'live' && phase.dial === dial && !phase.moving) {
      this.#leave(phase, phase.networkChanged ? 'Network' : reason, this.#now);
      return this.#overHedge(phase) ? undefined : this.#fail();
    }
  }

  /** A second carrier that has said Hello has taken the session with it: neither can be trusted now. */
  #secondLost(live: Live, reason: MoveReason): void {
    if (!live.moving) {
      return live.secondLost();
    }
    this.#orders.push({ kind: 'remember', transport: 'WebSocket' });
    this.#leave(live, reason, live.movingSince);
    this.#beginAgain();
  }

  /** Open, but nothing flows. */
  #stalled(live: Live): void {
    if (live.transport === 'WebTransport') {
      this.#orders.push({ kind: 'remember', transport: 'WebSocket' });
    }
    const { reason, since } = live.silence(this.#now);
    this.#leave(live, reason, since);
    if (!this.#overHedge(live)) {
      return this.#now - live.since < timing.SETTLED_MS ? this.#fail() : this.#begin();
    }
  }

  #leave(live: Live, reason: MoveReason, since: number): void {
    this.#moves.leave(live.transport, reason, since);
    live.givenUp(this.#now);
    this.#reasonableMs = live.reasonableMs;
    this.#attempt = this.#now - live.since < timing.SETTLED_MS ? this.#attempt : 0;
  }

  /** The hedge goes on instead, if there is one. */
  #overHedge(live: Live): boolean {
    const hedge = live.takeHedge();
    if (hedge !== null) {
      this.#moveTo(hedge, live.transport);
    }
    return hedge !== null;
  }

  #moveTo({ dial, transport, state }: Second, from: TransportName): void {
    this.#dropAll();
    this.#tried = true;
    // WebTransport has just failed, or has not been tried for a while.
    const race = new Race(from === 'WebTransport' ? [] : this.#offered, null);
    const racing: Racing = { kind: 'racing', race, moving: true };
    this.#phase = racing;
    this.#orders.timer('attempt', timing.raceWithin(this.#reasonableMs, true));
    this.#run(racing, race, race.adopted(dial, transport, state === 'open'));
  }

  #bye(dial: Dial, bye: Bye): void {
    if (speakerOf(this.#phase) !== dial) {
      return;
    }
    if (bye.code === 'TokenReused') {
      this.#orders.push({ kind: 'forget' });
      return this.#fail();
    }
    switch (bye.retry.kind) {
      case 'Stop':
        return this.#close(reasonOf(bye));
      case 'After':
        if (this.#phase.kind === 'live') {
          this.#moves.leave(this.#phase.transport, 'Told', this.#now);
        }
        this.#rest(Math.max(jittered(bye.retry.ms, this.#chance), backoff(this.#attempt, this.#chance)));
        this.#attempt += 1;
    }
  }

  #world(event: 'online' | 'offline' | 'visible' | 'hidden'): void {
    const phase = this.#phase;
    switch (event) {
      case 'online':
        this.#online = true;
        return phase.kind === 'live' ? phase.networkBack(this.#now) : this.#wake();
      case 'visible':
        this.#look(true);
        return phase.kind === 'racing' ? undefined : this.#wake();
      case 'hidden':
        return this.#look(false);
      case 'offline':
        this.#online = false;
        return this.#offline();
    }
  }

  #look(visible: boolean): void {
    this.#visible = visible;
    if (this.#phase.kind === 'live') {
      this.#phase.visible = visible;
    }
  }

  #offline(): void {
    if (this.#phase.kind === 'live') {
      this.#moves.leave(this.#phase.transport, 'Network', this.#now);
    }
    if (this.#phase.kind !== 'idle' && this.#phase.kind !== 'closed') {
      this.#rest(timing.OFFLINE_LOOK_MS);
    }
  }

  #wake(): void {
    switch (this.#phase.kind) {
      case 'live':
        return this.#phase.wake(this.#now);
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
        return phase.kind === 'racing' ? this.#raceLost(phase) : undefined;
      case 'headStart':
        return phase.kind === 'racing' && phase.race ? this.#run(phase, phase.race, phase.race.next()) : undefined;
      case 'greet':
        return this.#greetedInVain();
      case 'retry':
        return phase.kind === 'resuming' || phase.kind === 'offline' ? this.#begin() : undefined;
      case 'beat':
        return phase.kind === 'live' && phase.rings(this.#now) ? this.#stalled(phase) : undefined;
      case 'probe':
        return phase.kind === 'live' ? phase.probeTimer() : undefined;
    }
  }

  #greetedInVain(): void {
    const dial = speakerOf(this.#phase);
    if (dial !== null) {
      this.#orders.drop(dial);
      this.#lost(dial, 'Stalled');
    }
  }

  #farewell(again: boolean): void {
    if (this.#phase.kind === 'live' && !this.#phase.moving) {
      this.#orders.push({ kind: 'farewell', dial: this.#phase.dial });
    }
    this.#dropAll();
    this.#orders.push({ kind: 'forget' });
    this.#moves.forget();
    this.#attempt = 0;
    this.#tried = false;
    return again ? this.#begin() : this.#close({ code: 'HasLeft', text: 'You have left.' });
  }

  #close(reason: Sentence): void {
    this.#dropAll();
    this.#moves.forget();
    this.#attempt = 0;
    this.#phase = { kind: 'closed', reason };
    this.#orders.push({ kind: 'ended', reason });
  }

  #dropAll(): void {
    this.#orders.clearTimers();
    const phase = this.#phase;
    const dials = phase.kind === 'racing' ? (phase.race?.others(null) ?? []) : [];
    const second = phase.kind === 'live' && phase.second !== null ? [phase.second.dial] : [];
    const live = phase.kind === 'live' ? [phase.dial, ...second] : [];
    for (const dial of [...dials, ...live]) {
      this.#orders.drop(dial);
    }
  }
}
