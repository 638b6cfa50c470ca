// The passing of time as the user interface sees it: the current day, seconds left of a wait.

import { computed, type ReadonlySignal, type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hour12 } from './hours.ts';
import { locale } from './strings/language.ts';
import { type Calendar, calendar } from './timeline/days.ts';

const chosen = computed(() => calendar(undefined, locale.value, hour12.value));

/** Days and times as the reader's zone, language and settings have them; who draws by it is drawn again when they change. */
export const reader: Calendar = {
  dayOf: (at) => chosen.value.dayOf(at),
  nameOf: (at, today) => chosen.value.nameOf(at, today),
  timeOf: (at) => chosen.value.timeOf(at),
  fullOf: (at) => chosen.value.fullOf(at),
  nextMidnight: (now) => chosen.value.nextMidnight(now),
};

const SECOND = 1_000;
/** Timers stop while a machine sleeps and drift when the clock is set: look at least this often. */
const LOOK_MS = 10 * 60_000;

/** The reader's day, 'YYYY-MM-DD'; changes at midnight. */
export const today: ReadonlySignal<string> = passingDays();

function passingDays(): Signal<string> {
  const day = signal(reader.dayOf(Date.now()));
  const look = () => {
    const now = Date.now();
    day.value = reader.dayOf(now);
    setTimeout(look, Math.min(LOOK_MS, reader.nextMidnight(now) - now));
  };
  look();
  document.addEventListener('visibilitychange', () => {
    day.value = reader.dayOf(Date.now());
  });
  return day;
}

/** Whole seconds until `at`, counting down; 0 when it is over or there is none. */
export function useSecondsUntil(at: number | null): number {
  const left = useSignal(secondsUntil(at));
  useEffect(() => {
    left.value = secondsUntil(at);
    if (left.value === 0) {
      return undefined;
    }
    const timer = setInterval(() => {
      left.value = secondsUntil(at);
      if (left.value === 0) {
        clearInterval(timer);
      }
    }, SECOND / 4);
    return () => clearInterval(timer);
  }, [at, left]);
  return left.value;
}

function secondsUntil(at: number | null): number {
  return at === null ? 0 : Math.max(0, Math.ceil((at - Date.now()) / SECOND));
}
