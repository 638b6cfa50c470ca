// Which day a moment belongs to, and what that day is called. Days are compared as 'YYYY-MM-DD' in the reader's zone, so
// neither midnight nor a day of 23 or 25 hours needs arithmetic on milliseconds.

import { once } from '../once.ts';
import { strings } from '../strings.ts';

export interface Calendar {
  /** 'YYYY-MM-DD' of a moment in milliseconds since 1970. */
  dayOf(at: number): string;
  /** The name of the day of `at` for somebody who reads it on the day `today`. */
  nameOf(at: number, today: string): string;
  timeOf(at: number): string;
  fullOf(at: number): string;
  /** The first moment of the day after that of `now`. */
  nextMidnight(now: number): number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GREGORIAN = { calendar: 'gregory', numberingSystem: 'latn' };
/** Every zone in use begins its days, and sets its clocks, at a quarter of an hour by UTC. */
const QUARTER = HOUR / 4;
/** Quarters remembered: ten days of a room that never sleeps, and more than a view holds. */
const QUARTERS = 1_000;
/** The longest day there is has 25 hours; one more for zones that have moved further. */
const LONGEST_DAY_HOURS = 26;

/** A calendar for a zone, locale and way of counting hours; those of the reader when left out. */
export function calendar(timeZone?: string, locale?: string, hour12?: boolean): Calendar {
  const zone = timeZone === undefined ? {} : { timeZone };
  const hours = hour12 === undefined ? {} : { hour12 };
  const made = (as: Intl.DateTimeFormatOptions, tag = locale) =>
    once(() => new Intl.DateTimeFormat(tag, { ...zone, ...as }));
  const digits = made({ ...GREGORIAN, year: 'numeric', month: '2-digit', day: '2-digit' }, 'en');
  const long = made({ dateStyle: 'full' });
  const time = made({ ...hours, timeStyle: 'short' });
  const full = made({ ...hours, dateStyle: 'full', timeStyle: 'medium' });
  const dayOf = remembered((at) => written(digits().formatToParts(at)));
  return {
    dayOf,
    timeOf: lastOf(MINUTE, (at) => time().format(at)),
    fullOf: lastOf(SECOND, (at) => full().format(at)),
    nameOf(at, today) {
      const day = dayOf(at);
      if (day === today) {
        return strings.timeline.today;
      }
      return day === dayBefore(today) ? strings.timeline.yesterday : long().format(at);
    },
    nextMidnight: (now) => firstMomentAfter(dayOf, now),
  };
}

/** From parts, because in which order a language writes them differs between browsers. */
function written(parts: readonly Intl.DateTimeFormatPart[]): string {
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Every row of a view asks at every change, and a formatter takes its time: one question for each quarter of an hour. */
function remembered(dayOf: (at: number) => string): (at: number) => string {
  const days = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    const known = days.get(quarter);
    if (known !== undefined) {
      return known;
    }
    if (days.size >= QUARTERS) {
      days.clear();
    }
    const day = dayOf(at);
    days.set(quarter, day);
    return day;
  };
}

/** In a flood all is said in the same second, and a formatter takes its time. */
function lastOf(unit: number, format: (at: number) => string): (at: number) => string {
  let last = Number.NaN;
  let known = '';
  return (at) => {
    const now = Math.floor(at / unit);
    if (now !== last) {
      last = now;
      known = format(at);
    }
    return known;
  };
}

/** The day before 'YYYY-MM-DD', by the calendar alone. */
export function dayBefore(day: string): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date - 1)).toISOString().slice(0, 10);
}

function firstMomentAfter(dayOf: (at: number) => string, now: number): number {
  const today = dayOf(now);
  let low = now;
  let high = now + LONGEST_DAY_HOURS * HOUR;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(middle) === today) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}
