// Moves from one connection to another: when, over what, for which reason.

import { expect, test } from 'vitest';
import { Bench, bye, welcome } from '../testing/bench.ts';
import type { MoveReason } from '../wire/protocol.ts';

const WEBSOCKET_ONLY = ['WebSocket'] as const;

/** The last move in short, and whether the server is told. */
function told(bench: Bench): [string, MoveReason, boolean] | null {
  const moved = bench.effects.flatMap((effect) => (effect.kind === 'moved' ? [effect] : [])).at(-1);
  return moved === undefined ? null : [`${moved.move.from} → ${moved.move.to}`, moved.move.reason, moved.tell];
}

/** Live on WebTransport for a while; then somebody says something, and nothing comes any more. */
function cut(): Bench {
  const bench = new Bench().live().advance(10_000).silence(1);
  bench.done();
  return bench.give({ kind: 'spoke' });
}

test('a first connection is no move', () => {
  const bench = new Bench().live();
  expect(told(bench)).toBeNull();
  expect(bench.machine.moves).toEqual([]);
});

test('in silence the other transport is dialled, waits without a word, and takes over within two seconds', () => {
  const bench = cut().advance(700);
  expect(bench.deeds()).toEqual(['dial 2 WebSocket']);
  bench.give({ kind: 'opened', dial: 2 });
  expect(bench.deeds()).toEqual([]);
  bench.advance(400);
  expect(bench.deeds()).toEqual(['remember WebSocket', 'drop 1', 'greet 2']);
  expect(bench.machine.status).toMatchObject({ kind: 'reconnecting', retryAt: null, loss: { reason: 'Stalled' } });
  bench.advance(50).give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebSocket', 'Stalled', true]);
  expect(bench.machine.moves).toEqual([
    { at: 11_150, from: 'WebTransport', to: 'WebSocket', reason: 'Stalled', gapMs: 1_150, failures: 0 },
  ]);
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebSocket', since: 11_150 });
});

test('when the session speaks again the second carrier is dropped, and not dialled again at once', () => {
  const bench = cut().advance(700).give({ kind: 'opened', dial: 2 });
  bench.done();
  bench.give({ kind: 'frame', dial: 1, from: 'room', awaiting: true });
  expect(bench.done()).toEqual(['drop 2']);
  bench.advance(700);
  expect(bench.deeds()).toEqual([]);
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebTransport' });
});

test('a second carrier that is still on its way is waited for, and then the attempt begins anew', () => {
  const bench = cut().advance(1_500);
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'remember WebSocket', 'drop 1']);
  bench.advance(2_000);
  expect(bench.deeds()).toEqual(['drop 2', 'discover']);
});

test('a second carrier that fails leaves the way through discovery', () => {
  const bench = cut().advance(700).give({ kind: 'lost', dial: 2 }).advance(800);
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'remember WebSocket', 'drop 1', 'discover']);
  bench.give({ kind: 'discovered', offered: ['WebTransport', 'WebSocket'], verdict: 'WebSocket' });
  expect(bench.deeds()).toEqual(['dial 3 WebSocket']);
  bench.give({ kind: 'opened', dial: 3 }).give(welcome(3));
  expect(told(bench)).toEqual(['WebTransport → WebSocket', 'Stalled', true]);
});

test('a second carrier that greets in vain leaves the way through discovery', () => {
  const bench = cut().advance(700).give({ kind: 'opened', dial: 2 }).advance(400);
  bench.done();
  bench.advance(1_000);
  expect(bench.deeds()).toEqual(['drop 2', 'discover']);
});

test('a connection that ends in its silence goes on over the second carrier', () => {
  const bench = cut().advance(700).give({ kind: 'opened', dial: 2 }).give({ kind: 'lost', dial: 1 });
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'drop 1', 'greet 2']);
  bench.give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebSocket', 'Lost', true]);
});

test('a second carrier of the same kind helps where there is no other', () => {
  const bench = new Bench().liveOnWebSocket(WEBSOCKET_ONLY).advance(10_000).silence(1);
  bench.done();
  bench.give({ kind: 'spoke' }).advance(700).give({ kind: 'opened', dial: 2 }).advance(400).give(welcome(2));
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'drop 1', 'greet 2', 'moved 2', 'remember WebSocket']);
});

test('on WebSocket the second carrier is another socket; if that does not come up, WebTransport may', () => {
  const bench = new Bench().liveOnWebSocket().advance(2_000).silence(1);
  bench.done();
  bench.give({ kind: 'spoke' }).advance(1_450);
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'drop 1']);
  bench.advance(300).give({ kind: 'opened', dial: 3 }).give(welcome(3));
  expect(bench.deeds()).toEqual(['dial 3 WebTransport', 'greet 3', 'drop 2', 'moved 3', 'remember WebTransport']);
  expect(bench.machine.moves.at(-1)).toMatchObject({ from: 'WebSocket', to: 'WebTransport', reason: 'Stalled' });
});

test('a lost connection is a move too, also to the same transport, with the attempts that failed', () => {
  const bench = new Bench().live().advance(10_000).give({ kind: 'lost', dial: 1 }).advance(250);
  bench.give({ kind: 'undiscovered' }).advance(500);
  bench.give({ kind: 'discovered', offered: ['WebTransport', 'WebSocket'], verdict: null });
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebTransport', 'Lost', true]);
  expect(bench.machine.moves[0]).toMatchObject({ failures: 1 });
});

test('a server that says when to come back is the reason told', () => {
  const bench = new Bench()
    .live()
    .advance(10_000)
    .give(bye(1, 'Draining', 1_000))
    .advance(1_000);
  bench.give({ kind: 'discovered', offered: ['WebTransport'], verdict: null });
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebTransport', 'Told', true]);
});

test('a connection replaced by a late Hello of one’s own comes back by itself', () => {
  const bench = new Bench().live().advance(10_000);
  bench.done();
  bench.give(bye(1, 'Replaced', 1_000)).give({ kind: 'lost', dial: 1 });
  expect(bench.machine.status).toMatchObject({ kind: 'reconnecting' });
  bench.advance(1_000);
  // The token is kept: the session is resumed.
  expect(bench.done()).toEqual(['drop 1', 'discover']);
});

test('a session that the server no longer knows has moved all the same, but there is nothing to count', () => {
  const bench = new Bench().live().advance(10_000).give({ kind: 'lost', dial: 1 }).advance(250);
  bench.give({ kind: 'discovered', offered: ['WebTransport'], verdict: null });
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2, false));
  expect(told(bench)).toEqual(['WebTransport → WebTransport', 'Lost', false]);
});

test('a network that went and came back is the reason', () => {
  const bench = new Bench().live().advance(10_000).give({ kind: 'offline' }).advance(3_000).give({ kind: 'online' });
  bench.give({ kind: 'discovered', offered: ['WebTransport'], verdict: null });
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebTransport', 'Network', true]);
  expect(bench.machine.moves[0]).toMatchObject({ gapMs: 3_000 });
});

test('a network that changes under a connection is the reason if nothing comes over it any more', () => {
  const bench = new Bench().live().advance(10_000).silence(1);
  bench.done();
  bench.give({ kind: 'online' });
  expect(bench.done()).toEqual(['ping 1']);
  bench.advance(200).give({ kind: 'opened', dial: 2 }).advance(1_000).give(welcome(2));
  expect(told(bench)).toEqual(['WebTransport → WebSocket', 'Network', true]);
});

test('what was asked before somebody looked again is not held against the connection', () => {
  const bench = new Bench().live().give({ kind: 'hidden' }).advance(20_000).sleep(3_600_000);
  bench.done();
  bench.give({ kind: 'visible' });
  expect(bench.done()).toEqual(['ping 1']);
  bench.advance(60_000);
  expect(bench.deeds()).toEqual([]);
  expect(bench.machine.moves).toEqual([]);
});

// K5
test('who wakes up to a dead connection leaves it within a second', () => {
  const bench = new Bench().live().advance(20_000).silence(1).sleep(3_600_000);
  bench.done();
  bench.give({ kind: 'visible' }).advance(150).give({ kind: 'opened', dial: 2 }).advance(850);
  expect(bench.deeds()).toEqual(['dial 2 WebSocket', 'remember WebSocket', 'drop 1', 'greet 2']);
});

test('a farewell is an end: who comes next has not moved', () => {
  const bench = new Bench()
    .live()
    .advance(10_000)
    .give({ kind: 'lost', dial: 1 })
    .give({ kind: 'farewell', again: true });
  bench.give({ kind: 'discovered', offered: ['WebTransport'], verdict: null });
  bench.give({ kind: 'opened', dial: 2 }).give(welcome(2, false));
  expect(told(bench)).toBeNull();
});

test('the last fifty moves are kept', () => {
  const bench = new Bench().live().advance(10_000);
  for (let move = 0; move < 60; move += 1) {
    bench.give({ kind: 'offline' }).give({ kind: 'online' });
    bench.give({ kind: 'discovered', offered: ['WebTransport'], verdict: null });
    bench
      .give({ kind: 'opened', dial: move + 2 })
      .give(welcome(move + 2))
      .advance(1);
  }
  expect(bench.machine.moves.length).toBe(50);
  expect(bench.machine.moves.at(-1)?.at).toBe(10_059);
});

test('on WebSocket, WebTransport is probed after 10 s and then 20 s after the end of each try', () => {
  const bench = new Bench().liveOnWebSocket();
  const at: number[] = [];
  for (let second = 0; second <= 100; second += 1) {
    at.push(...bench.done().flatMap((deed) => (deed.endsWith('WebTransport') ? [second] : [])));
    bench.advance(1_000);
  }
  expect(at).toEqual([10, 38, 66, 94]);
});

test('a network that is back is a reason to probe at once', () => {
  const bench = new Bench().liveOnWebSocket().advance(3_500);
  bench.done();
  bench.give({ kind: 'online' });
  expect(bench.done()).toEqual(['ping 1', 'dial 2 WebTransport']);
});

test('a probe that succeeds moves the session, and the old carrier is dropped after the welcome', () => {
  const bench = new Bench().liveOnWebSocket().advance(10_000);
  bench.done();
  bench.give({ kind: 'opened', dial: 2 });
  expect(bench.deeds()).toEqual(['greet 2']);
  bench.give(bye(1, 'Replaced', null)).give({ kind: 'lost', dial: 1 });
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebSocket' });
  bench.advance(30).give(welcome(2));
  expect(bench.machine.moves).toEqual([
    { at: 10_030, from: 'WebSocket', to: 'WebTransport', reason: 'Better', gapMs: 30, failures: 0 },
  ]);
  expect(bench.done()).toEqual(['drop 1', 'moved 2', 'remember WebTransport', 'ping 2']);
  expect(bench.machine.status).toMatchObject({ kind: 'live', transport: 'WebTransport' });
});

test('a probe that takes the session and falls silent leads back to WebSocket', () => {
  const bench = new Bench().liveOnWebSocket().advance(10_000).give({ kind: 'opened', dial: 2 });
  bench.done();
  bench.advance(1_000);
  expect(new Set(bench.deeds())).toEqual(new Set(['drop 2', 'remember WebSocket', 'drop 1', 'discover']));
});
