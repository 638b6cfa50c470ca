import { expect, test } from 'vitest';
import type { Message, TimelineItem } from '../../store/types.ts';
import { calendar } from './days.ts';
import { GROUP_MS, rowsOf } from './rows.ts';

const { dayOf } = calendar('Europe/Berlin', 'en-GB');
const NOON = Date.parse('2026-11-22T11:00:00Z');

let seq = 0;
const said = (author: number, at: number, more: Partial<Message> = {}): Message => {
  seq += 1;
  const content = { kind: 'text', body: 'hi' } as const;
  const delivery = { kind: 'sent' } as const;
  return {
    kind: 'message',
    key: `m${seq}`,
    author,
    nick: `n${author}`,
    mine: false,
    at,
    content,
    delivery,
    seq,
    reply: null,
    edited: null,
    reactions: [],
    amending: null,
    ...more,
  };
};
const line = (at: number): TimelineItem => ({
  kind: 'line',
  key: `l${at}`,
  at,
  text: 'ann has joined!',
  event: { kind: 'joined', nick: 'ann' },
});
const kinds = (items: readonly TimelineItem[], start = 0, unreadFrom: number | null = null) =>
  rowsOf(items, { start, end: items.length }, dayOf, unreadFrom).map((row) =>
    row.kind === 'message' ? (row.headed ? 'headed' : 'grouped') : row.kind,
  );

// L1
test('messages of one author within five minutes share one head', () => {
  const items = [said(1, NOON), said(1, NOON + GROUP_MS - 1), said(1, NOON + 2 * GROUP_MS - 1)];
  expect(kinds(items)).toEqual(['day', 'headed', 'grouped', 'headed']);
});

// L1
test('another author, another name or a server line begins a new group', () => {
  const items = [
    said(1, NOON),
    said(2, NOON),
    said(2, NOON, { nick: 'new' }),
    line(NOON),
    said(2, NOON, { nick: 'new' }),
  ];
  expect(kinds(items)).toEqual(['day', 'headed', 'headed', 'headed', 'line', 'headed']);
});

// L2, T3
test('midnight begins a day and a group, even within five minutes', () => {
  const before = Date.parse('2026-11-22T22:59:59Z');
  expect(kinds([said(1, before), said(1, before + 2_000)])).toEqual(['day', 'headed', 'day', 'headed']);
});

// L2
test('above the first row of a window stands its day, which does not end a group', () => {
  const items = [said(1, NOON), said(1, NOON + 1), said(1, NOON + 2)];
  expect(kinds(items, 1)).toEqual(['day', 'grouped', 'grouped']);
});

// L13
test('the first unread message has a line above it and a head', () => {
  const items = [said(1, NOON), said(1, NOON + 1)];
  const unread = (items[1] as Message).seq;
  expect(kinds(items, 0, unread)).toEqual(['day', 'headed', 'unread', 'headed']);
});

// L8
test('a row keeps its key from pending to sent', () => {
  const pending = said(1, NOON, { delivery: { kind: 'pending' }, seq: 0 });
  const sent: Message = { ...pending, delivery: { kind: 'sent' }, seq: 99 };
  const keyOf = (item: Message) => rowsOf([item], { start: 0, end: 1 }, dayOf, null)[1]?.key;
  expect(keyOf(pending)).toBe(keyOf(sent));
});
