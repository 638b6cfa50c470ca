import { expect, test } from 'vitest';
import { invitationTo } from '../store/invitation.ts';
import { destinationIn } from './destination.ts';
import { parseRoute, roomPath } from './route.ts';

const NOTHING = { room: '', nick: '', key: null };

// A6, J2
test('a room’s address fills in the room, and with a name it joins at once', () => {
  expect(parseRoute('/', '')).toEqual({ ...NOTHING });
  expect(parseRoute('/r/lobby', '')).toEqual({ ...NOTHING, room: 'lobby' });
  expect(parseRoute('/r/lobby', '?name=ann')).toEqual({ ...NOTHING, room: 'lobby', nick: 'ann' });
});

// A28, A6
test.each(['lobby', 'Café 9', 'a/b?c#d&e=f', '100%', '..', '<img src=x>', '部屋', '👩🏽‍🚀'])(
  'the address of %s leads back to it',
  (room) => {
    const url = new URL(roomPath(room), 'https://chat.example');
    if (room !== '..') {
      expect(parseRoute(url.pathname, url.search).room).toBe(room);
    }
  },
);

// X1
test('a broken address harms nothing', () => {
  expect(parseRoute('/r/%E0%A4%A', '?name').room).toBe('%E0%A4%A');
  expect(parseRoute('/r/', '?name=%20')).toEqual(NOTHING);
  expect(parseRoute('/x/y', '')).toEqual(NOTHING);
});

// L18
test('an address may name a message', () => {
  expect(destinationIn('?at=123')).toBe(123);
  expect(['?at=', '?at=0', '?at=-1', '?at=1.5', '?at=x'].map((query) => destinationIn(query))).toEqual(
    Array.from({ length: 5 }, () => null),
  );
});

test.each(['Surprise party', '部屋', 'a.b#c', '100%'])('an invitation to %s leads there', (name) => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 73) % 256);
  const url = new URL(invitationTo('https://chat.example', key, name));
  expect(url.pathname + url.search).toBe('/i');
  expect(parseRoute(url.pathname, '', url.hash)).toEqual({ ...NOTHING, room: name, key });
});

test.each(['', '#', '#abc.name', '#.name', `#${'A'.repeat(43)}`, `#${'A'.repeat(43)}.%20`, `#${'A'.repeat(44)}.name`])(
  'what is no invitation opens the join page (%s)',
  (hash) => {
    expect(parseRoute('/i', '', hash)).toEqual(NOTHING);
  },
);
