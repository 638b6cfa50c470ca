// The passing of time as the user interface sees it: the current day, seconds left of a wait.

import { type ReadonlySignal, type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { calendar } from './timeline/days.ts';

export const reader = calendar();

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
