import { expect, test, vi } from 'vitest';

// What it watches lives in a window; here only what it counts is asked.
vi.stubGlobal('localStorage', undefined);
vi.stubGlobal('addEventListener', () => undefined);
const { since } = await import('./unseen.ts');
const { parse, levelOf } = await import('./choice.ts');

test('only what has come since one looked away counts, and nothing while one looks', () => {
  const rooms = [
    { id: 'a', unread: 5 },
    { id: 'b', unread: 2 },
    { id: 'new', unread: 1 },
  ];
  expect(since(null, rooms)).toBe(0);
  expect(since(new Map([['a', 3]]), rooms)).toBe(2 + 2 + 1);
});

test('what another tab has read is not new any more', () => {
  expect(since(new Map([['a', 3]]), [{ id: 'a', unread: 0 }])).toBe(0);
});

test('choices that are not well-formed are as good as never made', () => {
  const fresh = { desktop: false, sound: false, volume: 0.5, rooms: {} };
  for (const text of [null, '', '{', '[]', 'null', '{"desktop":1,"volume":7,"rooms":{"a":"loud","b":3}}']) {
    expect(parse(text)).toEqual(fresh);
  }
  const kept = '{"desktop":true,"sound":true,"volume":0.2,"rooms":{"a":"mute","b":"loud"}}';
  expect(parse(kept)).toEqual({ desktop: true, sound: true, volume: 0.2, rooms: { a: 'mute' } });
});

test('a room tells of mentions, a direct message of everything, unless it was chosen otherwise', () => {
  const none = parse(null);
  expect(levelOf({ id: 'a', kind: 'public' }, none)).toBe('mentions');
  expect(levelOf({ id: 'a', kind: 'private' }, none)).toBe('mentions');
  expect(levelOf({ id: 'a', kind: 'direct' }, none)).toBe('all');
  expect(levelOf({ id: 'a', kind: 'direct' }, parse('{"rooms":{"a":"mute"}}'))).toBe('mute');
});
