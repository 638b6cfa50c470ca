// The join page: a box, two fields, one button.

import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, JoinField, JoinRefusal } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { strings } from '../strings.ts';
import type { Visit } from '../visit.ts';
import { flawOf } from './check.ts';
import { Trouble } from './trouble.tsx';

interface Props {
  readonly chat: Chat;
  readonly visit: Visit;
  /** True for the first sight of the page, when its address may ask to join without a click. */
  readonly arriving: boolean;
}

export function JoinPage({ chat, visit, arriving }: Props) {
  const wish = visit.wish.peek();
  const nick = useSignal(wish.nick);
  const room = useSignal(wish.room);
  const refusal = useSignal<JoinRefusal | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const words = strings.join;

  const refuse = (why: JoinRefusal) => {
    refusal.value = why;
    focusField(form.current, why.field === 'room' ? 'room' : 'nick');
  };
  const join = async (asNick: string) => {
    const [wantedNick, wantedRoom] = [asNick.trim(), room.peek().trim()];
    const flaw = flawOf(wantedNick, wantedRoom, chat.limits.peek());
    if (flaw !== null) {
      refuse(flaw);
      return;
    }
    busy.value = true;
    refusal.value = null;
    const result = await visit.join(wantedRoom, wantedNick).catch(() => null);
    busy.value = false;
    if (result?.ok !== true) {
      refuse(result?.refusal ?? { text: words.failed, field: 'form', suggestions: [] });
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!busy.peek()) {
      void join(nick.peek());
    }
  };

  // Before anybody can type: a later start would put the wish in the place of what was typed meanwhile.
  useLayoutEffect(() => {
    document.title = strings.product;
    if (arriving && visit.atOnce) {
      void join(nick.peek());
    } else {
      focusField(form.current, nick.peek() === '' || room.peek() !== '' ? 'nick' : 'room');
    }
    return visit.wish.subscribe((next) => {
      room.value = next.room;
      nick.value = next.nick;
    });
  }, []);

  return (
    <main class="join">
      <form class="join-box" ref={form} onSubmit={submit} noValidate aria-busy={busy.value}>
        <header class="join-head">
          <Mark />
          <h1>{strings.product}</h1>
          <p>{strings.tagline}</p>
        </header>
        <Field name="nick" label={words.nick} value={nick} refusal={refusal} autocomplete="nickname" />
        <Field name="room" label={words.room} value={room} refusal={refusal} autocomplete="off" />
        <Refused
          refusal={refusal.value}
          choose={(name) => {
            nick.value = name;
            void join(name);
          }}
        />
        <button type="submit" class="button primary join-button" aria-disabled={busy.value}>
          {busy.value ? words.joining : words.join}
        </button>
        <Trouble chat={chat} />
      </form>
    </main>
  );
}

interface FieldProps {
  readonly name: JoinField;
  readonly label: string;
  readonly value: Signal<string>;
  readonly refusal: Signal<JoinRefusal | null>;
  readonly autocomplete: string;
}

function Field({ name, label, value, refusal, autocomplete }: FieldProps) {
  const bad = refusal.value?.field === name;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
        required
        dir="auto"
        autocomplete={autocomplete}
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={bad}
        {...(bad ? { 'aria-describedby': 'join-error' } : {})}
      />
    </div>
  );
}

function Refused({
  refusal,
  choose,
}: {
  readonly refusal: JoinRefusal | null;
  readonly choose: (nick: string) => void;
}) {
  if (refusal === null) {
    return null;
  }
  return (
    <div class="refused">
      <p id="join-error" role="alert">
        {refusal.text}
      </p>
      {refusal.suggestions.length > 0 && (
        <div class="suggestions">
          <span>{strings.join.suggestions}</span>
          {refusal.suggestions.map((name) => (
            <button key={name} type="button" class="button" onClick={() => choose(name)}>
              <bdi>{name}</bdi>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function focusField(form: HTMLFormElement | null, name: string): void {
  const field = form?.querySelector<HTMLInputElement>(`#${name}`);
  field?.focus();
  field?.select();
}
