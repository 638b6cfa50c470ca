// The link's machine with its timers in virtual time.

import { LinkMachine } from '../session/link.ts';
import type { Effect, Input, TimerName } from '../session/link-types.ts';
import type { TransportName } from '../transport/carrier.ts';
import type { Bye, Event } from '../wire/protocol.ts';

const BOTH: readonly TransportName[] = ['WebTransport', 'WebSocket'];

export const welcome = (dial: number, resumed = true): Input => ({ kind: 'welcome', dial, resumed });
export const frame = (dial: number): Input => ({ kind: 'frame', dial, from: 'control', awaiting: false });
export const bye = (dial: number, code: Bye['code'], ms: number | null): Input => ({
  kind: 'bye',
  dial,
  bye: said(code, ms),
});

function said(code: Bye['code'], ms: number | null): Extract<Event, { kind: 'Bye' }> {
  return { kind: 'Bye', code, text: '', retry: ms === null ? { kind: 'Stop' } : { kind: 'After', ms } };
}

export class Bench {
  readonly machine = new LinkMachine();
  now = 0;
  effects: Effect[] = [];
  readonly timers = new Map<TimerName, number>();
  /** Dials over which every ping is answered after so many milliseconds. */
  readonly answering = new Map<number, number>();
  readonly #coming: { readonly at: number; readonly inputs: readonly Input[] }[] = [];

  give(input: Input, chance = 0.5): this {
    for (const effect of this.machine.handle(input, this.now, chance)) {
      this.effects.push(effect);
      if (effect.kind === 'timer') {
        this.timers.delete(effect.timer);
        if (effect.ms !== null) {
          this.timers.set(effect.timer, this.now + effect.ms);
        }
      } else if (effect.kind === 'ping') {
        this.#answer(effect.dial, effect.nonce);
      }
    }
    return this;
  }

  advance(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const timer = [...this.timers].sort(([, a], [, b]) => a - b)[0];
      const coming = this.#coming.sort((a, b) => a.at - b.at)[0];
      const next = Math.min(timer?.[1] ?? end + 1, coming?.at ?? end + 1);
      if (next > end) {
        break;
      }
      this.now = Math.max(this.now, next);
      if (coming !== undefined && coming.at === next) {
        this.#coming.shift();
        for (const input of coming.inputs) {
          this.give(input);
        }
      } else if (timer !== undefined) {
        this.timers.delete(timer[0]);
        this.give({ kind: 'timer', timer: timer[0] });
      }
    }
    this.now = end;
    return this;
  }

  /** Time passes in which nothing runs here: what is due comes late, timers first. */
  sleep(ms: number): this {
    this.now += ms;
    return this;
  }

  race(verdict: TransportName | null = null, offered = BOTH): this {
    return this.give({ kind: 'start' }).give({ kind: 'discovered', offered, verdict });
  }

  /** Every ping is answered, until told otherwise. */
  live(rttMs = 20): this {
    this.answering.set(1, rttMs);
    return this.race().give({ kind: 'opened', dial: 1 }).give(welcome(1, false));
  }

  liveOnWebSocket(offered = BOTH): this {
    this.answering.set(1, 20);
    return this.race('WebSocket', offered).give({ kind: 'opened', dial: 1 }).give(welcome(1, false));
  }

  /** From now on nothing comes over this dial. */
  silence(dial: number): this {
    this.answering.delete(dial);
    return this;
  }

  /** What was done since the last call, without timers, in short. */
  done(): string[] {
    const aside = new Set<Effect['kind']>(['timer', 'trip', 'unanswered']);
    const effects = this.effects.filter(({ kind }) => !aside.has(kind));
    this.effects = [];
    return effects.map((effect) =>
      [effect.kind, 'dial' in effect ? effect.dial : null, 'transport' in effect ? effect.transport : null]
        .filter((part) => part !== null)
        .join(' '),
    );
  }

  /** The same without pings. */
  deeds(): string[] {
    return this.done().filter((deed) => !deed.startsWith('ping'));
  }

  #answer(dial: number, nonce: number): void {
    const rtt = this.answering.get(dial);
    if (rtt !== undefined) {
      this.#coming.push({ at: this.now + rtt, inputs: [frame(dial), { kind: 'pong', dial, nonce }] });
    }
  }
}
