// Who opens a lane when, on a new connection.

import { expect, test } from 'vitest';
import type { Event } from '../wire/protocol.ts';
import { Comeback } from './comeback.ts';

const SLOW: Event = { kind: 'Bye', code: 'Slow', text: 'Too slow.', retry: { kind: 'After', ms: 0 } };

function setting(): { comeback: Comeback<string>; opened: string[] } {
  const opened: string[] = [];
  return { comeback: new Comeback((room) => opened.push(room)), opened };
}

test('all open at once as long as that was never too much', () => {
  const { comeback, opened } = setting();
  comeback.begin(['lobby', 'garden']);
  expect(opened).toEqual(['lobby', 'garden']);
  comeback.next();
  expect(opened).toHaveLength(2);
});

test('a room that is left while it waits is passed over', () => {
  const { comeback, opened } = setting();
  comeback.heard(SLOW);
  comeback.begin(['lobby', 'garden', 'attic']);
  comeback.withdraw('garden');
  comeback.next();
  expect(opened).toEqual(['lobby', 'attic']);
});

test('another new connection begins with all of them', () => {
  const { comeback, opened } = setting();
  comeback.heard(SLOW);
  comeback.begin(['lobby', 'garden']);
  comeback.begin(['lobby', 'garden']);
  expect(opened).toEqual(['lobby', 'lobby']);
  comeback.next();
  expect(opened.at(-1)).toBe('garden');
});
