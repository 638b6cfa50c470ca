import { expect, test } from 'vitest';
import { parseRoute, roomPath } from './route.ts';

// A6, J2
test('a room’s address fills in the room, and with a name it joins at once', () => {
  expect(parseRoute('/', '')).toEqual({ room: '', nick: '' });
  expect(parseRoute('/r/lobby', '')).toEqual({ room: 'lobby', nick: '' });
  expect(parseRoute('/r/lobby', '?name=ann')).toEqual({ room: 'lobby', nick: 'ann' });
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
  expect(parseRoute('/r/', '?name=%20')).toEqual({ room: '', nick: '' });
  expect(parseRoute('/x/y', '')).toEqual({ room: '', nick: '' });
});
