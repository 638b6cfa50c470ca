import { afterEach, expect, test, vi } from 'vitest';
import { strings } from '../strings.ts';
import { FakeChat } from '../testing/fake.ts';
import { Locating, roughly } from './locating.ts';

const THERE = { ok: true, latitude: 51.50073, longitude: -0.12463 } as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

function world() {
  const chat = new FakeChat();
  chat.latencyMs = 0;
  chat.enter('Lobby', 'Ann');
  const said: string[] = [];
  const locating = new Locating({ chat, complain: (text) => void said.push(text), sent: () => {} });
  return { chat, said, locating };
}

function standAt(place: { latitude: number; longitude: number } | null): void {
  const getCurrentPosition: Geolocation['getCurrentPosition'] = (found, failed) => {
    if (place === null) {
      failed?.({ code: 1 } as GeolocationPositionError);
    } else {
      found({ coords: place } as GeolocationPosition);
    }
  };
  vi.stubGlobal('navigator', { geolocation: { getCurrentPosition } });
}

// C10
test('a place that is found is shown before it is sent, and sent when one says so', async () => {
  const { chat, locating } = world();
  standAt(THERE);
  await locating.seek();
  expect(locating.stage.value).toEqual({ kind: 'found', place: THERE });
  expect(locating.busy.value).toBe(true);
  expect(chat.sent).toEqual([]);
  await locating.send(roughly(THERE));
  expect(chat.sent).toEqual([{ kind: 'location', latitude: 51.5, longitude: -0.12 }]);
  expect(locating.busy.value).toBe(false);
});

// C10
test('a place that is not wanted after all is not sent', async () => {
  const { chat, locating } = world();
  standAt(THERE);
  await locating.seek();
  locating.cancel();
  expect(locating.busy.value).toBe(false);
  expect(chat.sent).toEqual([]);
});

// C10, X6
test('what is denied gives the button back and says why', async () => {
  const { said, locating } = world();
  standAt(null);
  await locating.seek();
  expect(said.at(-1)).toBe(strings.location.denied);
  expect(locating.busy.value).toBe(false);
});

// X9
test('a place that the room refuses gives the button back and says why', async () => {
  const { chat, said, locating } = world();
  chat.answer = { kind: 'refused', text: 'No such place.' };
  await locating.send(THERE);
  expect(said.at(-1)).toBe('No such place.');
  expect(locating.busy.value).toBe(false);
});
