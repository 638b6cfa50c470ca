import { expect, test } from 'vitest';
import type { TransportName } from '../transport/carrier.ts';
import { LinkMachine } from './link.ts';
import type { Effect, Input, TimerName } from './link-types.ts';

const BOTH: readonly TransportName[] = ['WebTransport', 'WebSocket'];

/** The machine with its timers in virtual time. */
class Bench {
  readonly machine = new LinkMachine();
  now = 0;
  effects: Effect[] = [];
  readonly timers = new Map<TimerName, number>();

  give(input: Input, chance = 0.5): this {
    for (const effect of this.machine.handle(input, this.now, chance)) {
      this.effects.push(effect);
      if (effect.kind === 'timer') {
        this.timers.delete(effect.timer);
        if (effect.ms !== null) {
          this.timers.set(effect.timer, this.now + effect.ms);
        }
      }
    }
    return this;
  }

  advance(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const next = [...this.timers].filter(([, at]) => at <= end).sort(([, a], [, b]) => a - b)[0];
      if (next === undefined) {
        break;
      }
      this.timers.delete(next[0]);
      this.now = next[1];
      this.give({ kind: 'timer', timer: next[0] });
    }
    this.now = end;
    return this;
  }

  race(verdict: TransportName | null = null, offered = BOTH): this {
    return this.give({ kind: 'start' }).give({ kind: 'discovered', offered, verdict });
  }

  live(): this {
    return this.race().give({ kind: 'opened', dial: 1 }).give({ kind: 'welcome', dial: 1 });
  }

  liveOnWebSocket(): this {
    return this.race('WebSocket').give({ kind: 'opened', dial: 1 }).give({ kind: 'welcome', dial: 1 });
  }

  /** What was done since the last call, without timers, in short. */
  done(): string[] {
    const effects = this.effects.filter((effect) => effect.kind !== 'timer');
    this.effects = [];
    return effects.map((effect) =>
      [effect.kind, 'dial' in effect ? effect.dial : null, 'transport' in effect ? effect.transport : null]
        .filter((part) => part !== null)
        .join(' '),
    );
  }
}

test('WebTransport gets a head start and wins alone when it answers in time', () => {
  const bench = new Bench().race();
  expect(bench.done()).toEqual(['discover', 'dial 1 WebTransport']);
  bench.advance(299).give({ kind: 'opened', dial: 1 });
  expect(bench.done()).toEqual(['greet 1']);
  expect(bench.machine.phase).toBe('greeting');
  bench.give({ kind: 'welcome', dial: 1 });
  expect(bench.done()).toEqual(['remember WebTransport', 'ping 1']);
  expect(bench.machine.status).toEqual({ kind: 'live', transport: 'WebTransport', rttMs: null });
});

// K4
test('WebSocket is tried beside it after 300 ms, and greets as soon as it is open', () => {
  const bench = new Bench().race().advance(300);
  expect(bench.done()).toEqual(['discover', 'dial 1 WebTransport', 'dial 2 WebSocket']);
  bench.give({ kind: 'opened', dial: 2 }).give({ kind: 'welcome', dial: 2 });
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebSocket' });
});

test('a refused WebTransport lets WebSocket start at once', () => {
  const bench = new Bench().race().advance(20).give({ kind: 'lost', dial: 1 });
  expect(bench.done()).toEqual(['discover', 'dial 1 WebTransport', 'dial 2 WebSocket']);
});

test('a network that is known to drop UDP gets WebSocket at once', () => {
  const bench = new Bench().race('WebSocket').advance(1_000);
  expect(bench.done()).toEqual(['discover', 'dial 1 WebSocket']);
});

test('only one racer says Hello at a time; one that does not greet makes room for the other', () => {
  const bench = new Bench().race().advance(300);
  bench.give({ kind: 'opened', dial: 1 }).give({ kind: 'opened', dial: 2 });
  bench.done();
  bench.advance(2_999);
  expect(bench.done()).toEqual([]);
  bench.advance(1);
  expect(bench.done()).toEqual(['drop 1', 'greet 2']);
  bench.give({ kind: 'welcome', dial: 2 });
  expect(bench.done()).toEqual(['remember WebSocket', 'ping 2']);
});

test('the loser of the race is dropped when the winner is welcomed', () => {
  const bench = new Bench().race().advance(300);
  bench.give({ kind: 'opened', dial: 1 }).give({ kind: 'welcome', dial: 1 });
  expect(bench.done()).toContain('drop 2');
});

test('a WebTransport that pends for ever becomes a probe, and then a verdict for WebSocket', () => {
  const bench = new Bench().race().advance(300).give({ kind: 'opened', dial: 2 }).give({ kind: 'welcome', dial: 2 });
  expect(bench.done()).not.toContain('remember WebSocket');
  bench.advance(4_000).give({ kind: 'frame', dial: 2 }).advance(5_000).give({ kind: 'frame', dial: 2 }).advance(1_000);
  expect(bench.done()).toEqual(expect.arrayContaining(['drop 1', 'remember WebSocket']));
});

test('attempts that fail wait longer and longer, between half of a bound and all of it', () => {
  const waits = [0, 1].map((chance) => {
    const bench = new Bench();
    return [0, 1, 2, 3, 4].map(() => {
      bench.give({ kind: 'start' }).give({ kind: 'undiscovered' }, chance);
      const status = bench.machine.status;
      return status.kind === 'reconnecting' ? (status.retryAt ?? 0) - bench.now : null;
    });
  });
  expect(waits).toEqual([
    [125, 250, 500, 1_000, 1_000],
    [250, 500, 1_000, 2_000, 2_000],
  ]);
});

// K3
test('for half a minute of trouble no wait is longer than two seconds', () => {
  const bench = new Bench().give({ kind: 'start' });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    bench.give({ kind: 'undiscovered' }, 1);
    expect((bench.timers.get('retry') ?? 0) - bench.now).toBeLessThanOrEqual(2_000);
    bench.advance(2_000);
  }
});

test('a lost connection is resumed with a new race', () => {
  const bench = new Bench().live().give({ kind: 'frame', dial: 1 }).advance(6_000);
  bench.done();
  bench.give({ kind: 'lost', dial: 1 });
  expect(bench.machine.phase).toBe('resuming');
  bench.advance(250);
  expect(bench.done()).toContain('discover');
  expect(bench.machine.status).toEqual({ kind: 'reconnecting', retryAt: null });
});

test('the round trip is measured right after the welcome', () => {
  const bench = new Bench().live();
  bench.now += 23;
  bench.give({ kind: 'frame', dial: 1 }).give({ kind: 'pong', dial: 1, nonce: 1 });
  expect(bench.machine.status).toEqual({ kind: 'live', transport: 'WebTransport', rttMs: 23 });
});

test('a connection through which nothing flows is left, and WebSocket is tried at once', () => {
  const bench = new Bench().live();
  for (let beat = 0; beat < 3; beat += 1) {
    bench.give({ kind: 'frame', dial: 1 }).advance(5_000);
  }
  bench.done();
  bench.advance(5_000);
  expect(bench.done().slice(-3)).toEqual(['remember WebSocket', 'drop 1', 'discover']);
});

test('what is said while nothing has been heard for a while is a reason to ping', () => {
  const bench = new Bench().live().give({ kind: 'frame', dial: 1 });
  bench.done();
  bench.advance(400).give({ kind: 'spoke' }).advance(400).give({ kind: 'spoke' });
  expect(bench.done()).toEqual([]);
  bench.advance(200).give({ kind: 'spoke' });
  expect(bench.done()).toEqual(['ping 1']);
  bench.advance(5_000);
  expect(bench.done()).toContain('remember WebSocket');
});

test('pings are rarer while nobody looks', () => {
  const bench = new Bench().live().give({ kind: 'hidden' }).give({ kind: 'frame', dial: 1 }).advance(5_000);
  bench.give({ kind: 'frame', dial: 1 });
  bench.done();
  bench.advance(14_999);
  expect(bench.done()).toEqual([]);
  bench.advance(1);
  expect(bench.done()).toEqual(['ping 1']);
});

test('a session opened elsewhere is closed, and comes back only when asked', () => {
  const bench = new Bench().live();
  const bye = { kind: 'Bye', code: 'Replaced', text: '', retry: { kind: 'Stop' } } as const;
  bench.give({ kind: 'bye', dial: 1, bye }).advance(60_000).give({ kind: 'online' });
  expect(bench.machine.status).toEqual({ kind: 'closed', reason: 'This chat was opened elsewhere.' });
  bench.done();
  bench.give({ kind: 'start' });
  expect(bench.done()).toEqual(['discover']);
});

test('a draining server is given the time it asks for', () => {
  const bench = new Bench().live();
  const bye = { kind: 'Bye', code: 'Draining', text: '', retry: { kind: 'After', ms: 2_000 } } as const;
  bench.give({ kind: 'bye', dial: 1, bye }, 0.5);
  expect(bench.machine.status).toEqual({ kind: 'reconnecting', retryAt: 1_500 });
});

test('a token that somebody else has used up is forgotten', () => {
  const bench = new Bench().race().give({ kind: 'opened', dial: 1 });
  const bye = { kind: 'Bye', code: 'TokenReused', text: '', retry: { kind: 'Stop' } } as const;
  bench.done();
  bench.give({ kind: 'bye', dial: 1, bye }).advance(250);
  expect(bench.done()).toEqual(['forget', 'drop 1', 'discover']);
});

// K5
test('when the network is back, an attempt is made at once', () => {
  const bench = new Bench().live().give({ kind: 'offline' });
  expect(bench.machine.status).toEqual({ kind: 'offline' });
  bench.done();
  bench.give({ kind: 'online' });
  expect(bench.done()).toEqual(['discover']);
});

test('on WebSocket, WebTransport is probed after 30 s, 60 s and then every minute', () => {
  const bench = new Bench().liveOnWebSocket();
  const at: number[] = [];
  for (let second = 0; second <= 185; second += 1) {
    bench.give({ kind: 'frame', dial: 1 });
    const dials = bench.done().filter((effect) => effect.endsWith('WebTransport'));
    for (const dial of dials) {
      at.push(second);
      bench.give({ kind: 'lost', dial: Number(dial.split(' ')[1]) });
    }
    bench.advance(1_000);
  }
  expect(at).toEqual([30, 60, 120, 180]);
});

test('a probe that succeeds moves the session, and the old carrier is dropped after the welcome', () => {
  const bench = new Bench().liveOnWebSocket();
  for (let second = 0; second < 30; second += 1) {
    bench.advance(1_000).give({ kind: 'frame', dial: 1 });
  }
  bench.done();
  bench.give({ kind: 'opened', dial: 2 });
  expect(bench.done()).toEqual(['greet 2']);
  const bye = { kind: 'Bye', code: 'Replaced', text: '', retry: { kind: 'Stop' } } as const;
  bench.give({ kind: 'bye', dial: 1, bye }).give({ kind: 'lost', dial: 1 });
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebSocket' });
  bench.give({ kind: 'welcome', dial: 2 });
  expect(bench.done()).toEqual(['drop 1', 'remember WebTransport', 'ping 2']);
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebTransport' });
});

test('a probe that takes the session and falls silent leads back to WebSocket', () => {
  const bench = new Bench().liveOnWebSocket();
  for (let second = 0; second < 30; second += 1) {
    bench.advance(1_000).give({ kind: 'frame', dial: 1 });
  }
  bench.give({ kind: 'opened', dial: 2 });
  bench.done();
  bench.advance(3_000);
  expect(bench.done()).toEqual(expect.arrayContaining(['drop 2', 'remember WebSocket', 'drop 1', 'discover']));
});
