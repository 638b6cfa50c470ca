// The join page: a box, two fields, one button.

import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, JoinField, JoinRefusal, JoinResult, Unsent } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { Later } from '../later.tsx';
import { said } from '../said.ts';
import { allWords } from '../strings/language.ts';
import { strings } from '../strings.ts';
import type { Visit } from '../visit.ts';
import { ask } from './check.ts';
import { OpenRooms } from './rooms.tsx';
import { Trouble } from './trouble.tsx';
import { UnsentMessages, whenUnsent } from './unsent.tsx';

/** Only for who has been in a room. */
const parting = async () => {
  const [{ PartingBar }] = await Promise.all([import('../room/entrance.ts'), allWords()]);
  return PartingBar;
};

interface Props {
  readonly chat: Chat;
  readonly visit: Visit;
  /** True for the first sight of the page. */
  readonly arriving: boolean;
  /** What its address has asked for without a click. */
  readonly arrival: Promise<JoinResult> | null;
}

export function JoinPage({ chat, visit, arriving, arrival }: Props) {
  const wish = visit.wish.peek();
  const nick = useSignal(wish.nick);
  const room = useSignal(wish.room);
  const refusal = useSignal<JoinRefusal | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const words = strings.join;
  const { invitedTo } = visit;

  const refuse = (why: JoinRefusal) => {
    refusal.value = why;
    focusField(form.current, why.field === 'room' ? 'room' : 'nick');
  };
  const follow = async (answer: Promise<JoinResult>) => {
    busy.value = true;
    refusal.value = null;
    const result = await answer;
    busy.value = false;
    if (!result.ok) {
      refuse(result.refusal);
    }
  };
  const join = (asNick: string) => follow(ask(chat, visit, { room: room.peek(), nick: asNick }));
  const go = (unsent: Unsent) => {
    visit.aim(unsent.target);
    room.value = unsent.room;
    nick.value = unsent.nick;
    void join(unsent.nick);
  };
  const choose = (name: string) => {
    visit.aim({ kind: 'public', name });
    room.value = name;
    focusField(form.current, nick.peek() === '' ? 'nick' : 'room');
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
    if (arrival !== null) {
      void follow(arrival); // never rejects
    } else {
      focusField(form.current, nick.peek() === '' || room.peek() !== '' ? 'nick' : 'room');
    }
    const forget = visit.wish.subscribe((next) => {
      room.value = next.room;
      nick.value = next.nick;
    });
    // The address names the room, the browser has kept the name: one is as good as back.
    const asWished = () => room.peek() === wish.room && nick.peek() === wish.nick && !busy.peek();
    const back = !arriving ? undefined : whenUnsent(chat, wish, () => asWished() && void join(wish.nick));
    return () => {
      forget();
      back?.();
    };
  }, []);

  return (
    <main class="join">
      <form class="join-box" ref={form} onSubmit={submit} noValidate aria-busy={busy.value}>
        <header class="join-head">
          <Mark />
          <h1>{strings.product}</h1>
          <p dir="auto">{invitedTo === null ? strings.tagline : words.invited(invitedTo)}</p>
        </header>
        <Field name="nick" label={words.nick} value={nick} refusal={refusal} autocomplete="nickname" />
        <Field name="room" label={words.room} value={room} refusal={refusal} autocomplete="off" />
        {arriving && visit.lostInvitation && refusal.value === null && (
          <div class="refused">
            <p role="alert">{words.lostInvitation}</p>
          </div>
        )}
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
        {chat.parting.value !== null && <Later load={parting} part={{ chat }} />}
        <Trouble chat={chat} />
        <UnsentMessages chat={chat} go={go} />
        <OpenRooms chat={chat} choose={choose} />
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
        {said(refusal)}
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
