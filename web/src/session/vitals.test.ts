import { expect, test } from 'vitest';
import { VitalSigns } from './vitals.ts';

test('round trips are kept in order, and not for ever', () => {
  const signs = new VitalSigns(Uint8Array.of(171, 5), () => undefined);
  for (let n = 0; n < 1_000; n += 1) {
    signs.trip({ at: n, ms: 20, transport: 'WebSocket' });
  }
  expect(signs.now.answered).toBe(1_000);
  expect(signs.now.trips.length).toBe(240);
  expect(signs.now.trips.at(-1)?.at).toBe(999);
});

test('what has been handed out does not change', () => {
  const signs = new VitalSigns(Uint8Array.of(171, 5), () => undefined);
  const before = signs.now;
  expect(before.id).toBe('ab05');
  signs.unanswered(2);
  signs.welcomed('chinwag 1', true);
  expect(before).toMatchObject({ unanswered: 0, resumed: 0, server: '' });
  expect(signs.now).toMatchObject({ unanswered: 2, resumed: 1, server: 'chinwag 1' });
});

test('a browser’s long complaint is cut', () => {
  const signs = new VitalSigns(Uint8Array.of(171, 5), () => undefined);
  signs.dialled('WebTransport', { kind: 'failed', text: 'x'.repeat(10_000) });
  expect(JSON.stringify(signs.now.missing).length).toBeLessThan(400);
});

test('why WebTransport is missing is known, until it is not', () => {
  const heard: unknown[] = [];
  const signs = new VitalSigns(Uint8Array.of(1), ({ missing }) => heard.push(missing));
  signs.offered(['WebSocket'], ['WebSocket']);
  signs.offered(['WebTransport', 'WebSocket'], ['WebSocket']);
  signs.dialled('WebTransport', { kind: 'silent' });
  signs.dialled('WebSocket', { kind: 'silent' });
  signs.dialled('WebTransport', null);
  expect(heard).toEqual([{ kind: 'unsupported' }, { kind: 'notOffered' }, { kind: 'silent' }, null]);
});
