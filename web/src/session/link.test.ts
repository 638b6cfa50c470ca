import { expect, test } from 'vitest';
import { Bench, bye, welcome } from '../testing/bench.ts';

test('WebTransport gets a head start and wins alone when it answers in time', () => {
  const bench = new Bench().race();
  expect(bench.done()).toEqual(['discover', 'dial 1 WebTransport']);
  bench.advance(299).give({ kind: 'opened', dial: 1 });
  expect(bench.done()).toEqual(['greet 1']);
  expect(bench.machine.phase).toBe('greeting');
  bench.give(welcome(1));
  expect(bench.done()).toEqual(['remember WebTransport', 'ping 1']);
  expect(bench.machine.status).toEqual({ kind: 'live', transport: 'WebTransport', rttMs: null, since: 299 });
});

// K4
test('WebSocket is tried beside it after 300 ms, and greets as soon as it is open', () => {
  const bench = new Bench().race().advance(300);
  expect(bench.done()).toEqual(['discover', 'dial 1 WebTransport', 'dial 2 WebSocket']);
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2));
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
  bench.give(welcome(2));
  expect(bench.done()).toEqual(['remember WebSocket', 'ping 2']);
});

test('the loser of the race is dropped when the winner is welcomed', () => {
  const bench = new Bench().race().advance(300);
  bench.give({ kind: 'opened', dial: 1 }).give(welcome(1));
  expect(bench.done()).toContain('drop 2');
});

test('a WebTransport that pends for ever becomes a probe, and then a verdict for WebSocket', () => {
  const bench = new Bench().race().advance(300).give({ kind: 'opened', dial: 2 });
  bench.answering.set(2, 20);
  bench.give(welcome(2));
  expect(bench.done()).not.toContain('remember WebSocket');
  bench.advance(8_000);
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
  const bench = new Bench().live().advance(6_000);
  bench.done();
  bench.give({ kind: 'lost', dial: 1 });
  expect(bench.machine.phase).toBe('resuming');
  bench.advance(250);
  expect(bench.done()).toContain('discover');
  expect(bench.machine.status).toEqual({
    kind: 'reconnecting',
    retryAt: null,
    loss: { from: 'WebTransport', reason: 'Lost', since: 6_000 },
  });
});

// K6
test('a loss is told of for as long as it lasts, with when it began, and not before there was a connection', () => {
  const bench = new Bench().give({ kind: 'start' }).give({ kind: 'undiscovered' });
  expect(bench.machine.status).toMatchObject({ kind: 'reconnecting', loss: null });
  const later = new Bench().live().advance(6_000).give({ kind: 'lost', dial: 1 }).advance(250);
  later.give({ kind: 'undiscovered' }).advance(2_000);
  expect(later.machine.status).toMatchObject({ kind: 'reconnecting', loss: { reason: 'Lost', since: 6_000 } });
  later.give({ kind: 'discovered', offered: ['WebSocket'], verdict: null }).give({ kind: 'opened', dial: 2 });
  later.give(welcome(2));
  expect(later.machine.status).not.toHaveProperty('loss');
});

test('the round trip is measured right after the welcome', () => {
  const bench = new Bench().live(23).advance(23);
  expect(bench.machine.status).toEqual({ kind: 'live', transport: 'WebTransport', rttMs: 23, since: 0 });
});

test('a session opened elsewhere is closed, and comes back only when asked', () => {
  const bench = new Bench().live();
  bench
    .give(bye(1, 'Replaced', null))
    .advance(60_000)
    .give({ kind: 'online' });
  expect(bench.machine.status).toEqual({
    kind: 'closed',
    reason: { code: 'Replaced', text: 'This chat was opened elsewhere.' },
  });
  bench.done();
  bench.give({ kind: 'start' });
  expect(bench.done()).toEqual(['discover']);
});

test('a draining server is given the time it asks for', () => {
  const bench = new Bench().live();
  bench.give(bye(1, 'Draining', 2_000), 0.5);
  expect(bench.machine.status).toMatchObject({
    kind: 'reconnecting',
    retryAt: 1_500,
    loss: { reason: 'Told', since: 0 },
  });
});

test('a token that somebody else has used up is forgotten', () => {
  const bench = new Bench().race().give({ kind: 'opened', dial: 1 });
  bench.done();
  bench.give(bye(1, 'TokenReused', null)).advance(250);
  expect(bench.done()).toEqual(['forget', 'drop 1', 'discover']);
});

// K5
test('when the network is back, an attempt is made at once', () => {
  const bench = new Bench().live().give({ kind: 'offline' });
  expect(bench.machine.status).toMatchObject({ kind: 'offline', loss: { reason: 'Network' } });
  bench.done();
  bench.give({ kind: 'online' });
  expect(bench.done()).toEqual(['discover']);
});
