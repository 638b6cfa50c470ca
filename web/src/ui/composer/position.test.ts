import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { strings } from '../strings.ts';
import { findPosition } from './position.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Ask = Geolocation['getCurrentPosition'];
const geolocation = (ask: Ask): Geolocation => ({
  getCurrentPosition: ask,
  watchPosition: () => 0,
  clearWatch: () => {},
});
const failing = (code: number) => geolocation((_, error) => error?.({ code, message: '' } as GeolocationPositionError));

// A24
test('without the browser’s help a clear sentence says so', async () => {
  expect(await findPosition(undefined)).toEqual({ ok: false, text: strings.location.unsupported });
});

// A26
test('a position is found', async () => {
  const there = geolocation((found) => found({ coords: { latitude: 1.5, longitude: -2 } } as GeolocationPosition));
  expect(await findPosition(there)).toEqual({ ok: true, latitude: 1.5, longitude: -2 });
});

// X6
test.each([
  [1, strings.location.denied],
  [2, strings.location.unavailable],
  [3, strings.location.timeout],
])('error %d becomes a sentence', async (code, text) => {
  expect(await findPosition(failing(code))).toEqual({ ok: false, text });
});

// A25, X6
test('a question that nobody answers ends by itself', async () => {
  const found = findPosition(geolocation(() => {}));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await found).toEqual({ ok: false, text: strings.location.timeout });
});

// A25
test('a browser that throws gives the button back', async () => {
  const broken = geolocation(() => {
    throw new Error('no');
  });
  expect(await findPosition(broken)).toEqual({ ok: false, text: strings.location.unsupported });
});
