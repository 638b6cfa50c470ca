// The line above a day, which is also the way to another day.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { reader, today } from '../clock.ts';
import { focusAfterClosing } from '../focus.ts';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import type { Desk } from './desk.ts';

export function DayLine({ at, desk }: { readonly at: number; readonly desk: Desk }) {
  const asking = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const words = strings.dates;
  return (
    <div class="day-line">
      <time dateTime={reader.dayOf(at)} title={reader.fullOf(at)}>
        {reader.nameOf(at, today.value)}
      </time>
      {asking.value ? (
        <DayForm
          day={reader.dayOf(at)}
          desk={desk}
          done={() => {
            asking.value = false;
          }}
          opener={opener}
        />
      ) : (
        <button
          ref={opener}
          type="button"
          class="jump-day"
          aria-label={words.jump}
          title={words.jump}
          onClick={() => {
            asking.value = true;
          }}
        >
          <Icon name="calendar" />
        </button>
      )}
    </div>
  );
}

interface FormProps {
  readonly day: string;
  readonly desk: Desk;
  readonly done: () => void;
  /** The button in whose place the form stands. */
  readonly opener: { readonly current: HTMLButtonElement | null };
}

function DayForm({ day, desk, done, opener }: FormProps) {
  const field = useRef<HTMLInputElement>(null);
  const words = strings.dates;
  useLayoutEffect(() => field.current?.focus(), []);
  const go = async () => {
    const at = firstMoment(field.current?.value ?? '');
    if (at !== null && !(await desk.goToTime(at))) {
      desk.say(words.none);
    }
    done();
  };
  return (
    <form
      class="day-form"
      onSubmit={(event) => {
        event.preventDefault();
        void go(); // says itself when there is nothing
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          done();
          focusAfterClosing(() => opener.current);
        }
      }}
    >
      <input ref={field} type="date" aria-label={words.day} max={today.value} defaultValue={day} required />
      <button type="submit" class="button">
        {words.go}
      </button>
    </form>
  );
}

/** Of a day by the reader's calendar; null for what is no day. */
export function firstMoment(day: string): number | null {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) {
    return null;
  }
  const at = new Date(year, month - 1, date).getTime();
  return Number.isNaN(at) ? null : at;
}
