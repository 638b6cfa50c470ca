// Which day a moment belongs to, and what that day is called. Days are compared as 'YYYY-MM-DD' in the reader's zone, so
// neither midnight nor a day of 23 or 25 hours needs arithmetic on milliseconds.

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

const HOUR = 3_600_000;
/** Every zone in use begins its days, and sets its clocks, at a quarter of an hour by UTC. */
const QUARTER = HOUR / 4;
/** Quarters remembered: ten days of a room that never sleeps, and more than a view holds. */
const QUARTERS = 1_000;
/** The longest day there is has 25 hours; one more for zones that have moved further. */
const LONGEST_DAY_HOURS = 26;

/** A calendar for a zone and locale; those of the reader when left out. */
export function calendar(timeZone?: string, locale?: string): Calendar {
  const zone = timeZone === undefined ? {} : { timeZone };
  const digits = new Intl.DateTimeFormat('en-CA', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const long = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'full' });
  const time = new Intl.DateTimeFormat(locale, { ...zone, timeStyle: 'short' });
  const full = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'full', timeStyle: 'medium' });
  const dayOf = remembered((at) => digits.format(at));
  return {
    dayOf,
    timeOf: (at) => time.format(at),
    fullOf: (at) => full.format(at),
    nameOf(at, today) {
      const day = dayOf(at);
      if (day === today) {
        return strings.timeline.today;
      }
      return day === dayBefore(today) ? strings.timeline.yesterday : long.format(at);
    },
    nextMidnight: (now) => firstMomentAfter(dayOf, now),
  };
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
