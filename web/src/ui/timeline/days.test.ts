import { expect, test, vi } from 'vitest';
import { calendar, dayBefore } from './days.ts';

const berlin = calendar('Europe/Berlin', 'en-GB');
const newYork = calendar('America/New_York', 'en-US');
const at = (iso: string) => Date.parse(iso);

// A29, L2
test('a day is the reader’s, not the server’s', () => {
  const moment = at('2026-11-22T23:30:00Z');
  expect(berlin.dayOf(moment)).toBe('2026-11-23');
  expect(newYork.dayOf(moment)).toBe('2026-11-22');
});

// L18: some browsers write the year last in every English
test('a day is written year first, in whatever order the browser writes dates', () => {
  const parts = Intl.DateTimeFormat.prototype.formatToParts;
  const backwards = function (this: Intl.DateTimeFormat, at?: number | Date) {
    return parts.call(this, at).toReversed();
  };
  const spy = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts').mockImplementation(backwards);
  expect(berlin.dayOf(at('2026-11-22T12:00:00Z'))).toBe('2026-11-22');
  expect(spy).toHaveBeenCalled();
  spy.mockRestore();
});

// L2
test('today and yesterday have names, other days are written out', () => {
  const name = (iso: string) => berlin.nameOf(at(iso), '2026-03-01');
  expect(name('2026-03-01T08:00:00Z')).toBe('Today');
  expect(name('2026-02-28T08:00:00Z')).toBe('Yesterday');
  expect(name('2026-02-27T08:00:00Z')).toMatch(/^Friday,? 27 February 2026$/u);
});

// T3
test('a day line stays right over the nights when the clocks change', () => {
  // 29 March 2026 has 23 hours in Berlin, 25 October has 25.
  expect(berlin.dayOf(at('2026-03-28T22:59:59.999Z'))).toBe('2026-03-28');
  expect(berlin.dayOf(at('2026-03-28T23:00:00Z'))).toBe('2026-03-29');
  expect(berlin.dayOf(at('2026-03-29T21:59:59.999Z'))).toBe('2026-03-29');
  expect(berlin.dayOf(at('2026-03-29T22:00:00Z'))).toBe('2026-03-30');
  expect(berlin.nameOf(at('2026-10-24T22:30:00Z'), '2026-10-26')).toBe('Yesterday');
  expect(berlin.nameOf(at('2026-10-25T22:30:00Z'), '2026-10-26')).toBe('Yesterday');
});

// T3
test('the next midnight is found in short and in long days', () => {
  expect(berlin.nextMidnight(at('2026-03-29T00:30:00Z'))).toBe(at('2026-03-29T22:00:00Z'));
  expect(berlin.nextMidnight(at('2026-10-24T22:00:00Z'))).toBe(at('2026-10-25T23:00:00Z'));
  expect(newYork.nextMidnight(at('2026-11-22T23:30:00Z'))).toBe(at('2026-11-23T05:00:00Z'));
});

test('the day before is counted over months and years', () => {
  expect(dayBefore('2026-01-01')).toBe('2025-12-31');
  expect(dayBefore('2028-03-01')).toBe('2028-02-29');
});

// A29
test('the clock follows the reader’s habit', () => {
  expect(berlin.timeOf(at('2026-11-22T15:04:00Z'))).toBe('16:04');
  expect(newYork.timeOf(at('2026-11-22T15:04:00Z'))).toMatch(/^10:04\sAM$/u);
});
