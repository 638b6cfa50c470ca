import { expect, test } from 'vitest';
import type { Message, TimelineItem } from '../../store/types.ts';
import { Feed } from './feed.ts';

const said = (seq: number, more: Partial<Message> = {}): Message => ({
  kind: 'message',
  key: `m${seq}`,
  author: 1,
  nick: 'Ann',
  mine: false,
  at: seq,
  content: { kind: 'text', body: `text ${seq}` },
  delivery: { kind: 'sent' },
  seq,
  reply: null,
  edited: null,
  reactions: [],
  amending: null,
  ...more,
});
const WELCOME: TimelineItem = { kind: 'line', key: 'w', at: 0, text: 'Welcome!', event: { kind: 'notice' } };
const HERE = { following: true, hidden: false };
const UP = { following: false, hidden: false };
const AWAY = { following: true, hidden: true };

function world() {
  const timers: (() => void)[] = [];
  const feed = new Feed((run) => timers.push(run));
  return { feed, tick: () => timers.shift()?.() };
}

test('what was there at first is not new', () => {
  const { feed } = world();
  feed.take([said(1), said(2)], UP);
  expect([feed.below.value, feed.unseen.value, feed.announcement.value]).toEqual([0, 0, '']);
});

test('the first message in an empty room is new', () => {
  const { feed } = world();
  feed.take([], HERE);
  feed.take([WELCOME], HERE);
  feed.take([WELCOME, said(1)], AWAY);
  expect(feed.unseen.value).toBe(1);
});

// A31, L4
test('messages are counted while the view is further up, own ones and older ones are not', () => {
  const { feed } = world();
  feed.take([said(5)], HERE);
  feed.take([said(5), said(6), said(7, { mine: true }), said(0, { mine: true })], UP);
  feed.take([said(3), said(4), said(5), said(6), said(7, { mine: true })], UP);
  expect(feed.below.value).toBe(1);
  feed.reachedEnd();
  expect(feed.below.value).toBe(0);
});

// N1
test('messages are counted while the page is hidden, until it is shown', () => {
  const { feed } = world();
  feed.take([said(1)], HERE);
  feed.take([said(1), said(2), said(3)], AWAY);
  feed.take([said(1), said(2), said(3), said(4)], AWAY);
  expect([feed.unseen.value, feed.unreadFrom.value]).toEqual([3, 2]);
  feed.shown();
  expect([feed.unseen.value, feed.unreadFrom.value]).toEqual([0, 2]);
});

// L13
test('the unread line stays while one reads and goes with the next own message', () => {
  const { feed } = world();
  feed.take([said(1)], HERE);
  feed.take([said(1), said(2)], AWAY);
  feed.take([said(1), said(2), said(3)], HERE);
  expect(feed.unreadFrom.value).toBe(2);
  feed.answered();
  expect(feed.unreadFrom.value).toBeNull();
});

// A2 (accessibility)
test('one message is announced with its writer, a flood as a number once a second', () => {
  const { feed, tick } = world();
  feed.take([said(1)], HERE);
  const items: Message[] = [said(1)];
  for (let seq = 2; seq <= 14; seq += 1) {
    items.push(said(seq));
    feed.take([...items], HERE);
  }
  expect(feed.announcement.value).toBe('Ann: text 2');
  tick();
  expect(feed.announcement.value).toBe('12 new messages');
  tick();
  feed.take([...items, said(15)], HERE);
  expect(feed.announcement.value).toBe('Ann: text 15');
});

test('what is deleted or changed is taken from the announcement, and not said if it waits', () => {
  const { feed, tick } = world();
  const deleted = { content: { kind: 'deleted' } } as const;
  const takes = (...items: Message[]) => {
    feed.keepUp(items);
    feed.take(items, HERE);
  };
  takes(said(1));
  takes(said(1), said(2));
  takes(said(1), said(2), said(3));
  expect(feed.announcement.value).toBe('Ann: text 2');
  takes(said(1), said(2, deleted), said(3));
  expect(feed.announcement.value).toBe('');
  takes(said(1), said(2, deleted), said(3, deleted));
  tick();
  expect(feed.announcement.value).toBe('');
  takes(said(4));
  expect(feed.announcement.value).toBe('Ann: text 4');
  takes(said(4, { content: { kind: 'text', body: 'better' }, edited: 9 }));
  expect(feed.announcement.value).toBe('');
});

// A2 (accessibility)
test('own messages are not announced', () => {
  const { feed } = world();
  feed.take([said(1)], HERE);
  feed.take([said(1), said(2, { mine: true })], HERE);
  expect(feed.announcement.value).toBe('');
});

// X12
test('after a history that starts anew, new messages are noticed again', () => {
  const { feed } = world();
  feed.take([said(900)], HERE);
  feed.take([said(1), said(2)], HERE);
  feed.take([said(1), said(2), said(3)], AWAY);
  expect(feed.unseen.value).toBe(1);
});

// L13
test('a room opens at the first unread message, and further up if that is not loaded', () => {
  const { feed } = world();
  const sought: string[] = [];
  const scroller = { seek: (key: string) => sought.push(key) };
  const timeline = [said(10), said(11)];
  expect(feed.open({ readUpTo: 10, timeline, hasOlder: true }, scroller)).toBeNull();
  expect(feed.open({ readUpTo: 9, timeline, hasOlder: true }, scroller)).toBeNull();
  expect(feed.open({ readUpTo: 5, timeline, hasOlder: false }, scroller)).toBeNull();
  expect(feed.open({ readUpTo: 5, timeline, hasOlder: true }, scroller)).toBe(6);
  expect(feed.open({ readUpTo: 11, timeline, hasOlder: true }, scroller)).toBeNull();
  expect(sought).toEqual(['m11', 'm10', 'm10', 'm10']);
  expect(feed.unreadFrom.value).toBeNull();
});
