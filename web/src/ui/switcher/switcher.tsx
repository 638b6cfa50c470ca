// Ctrl+K: to a room or a person by a few letters of the name.

import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, RoomKind } from '../../store/types.ts';
import { Modal } from '../modal.tsx';
import type { DialogProps } from '../room/dialogs.tsx';
import { KindMark } from '../rooms/kinds.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { scoreOf } from './match.ts';
import '../styles/dialogs.css';

/** More than that nobody reads. */
const MOST = 12;

interface Goal {
  readonly key: string;
  readonly name: string;
  readonly kind: RoomKind;
  /** What sets two of one name apart. */
  readonly note: string;
  readonly unread: number;
  readonly go: () => void;
}

export function Switcher({ chat, close, go, say }: DialogProps) {
  const typed = useSignal('');
  const at = useSignal(0);
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const goals = best(typed.value, [...roomGoals(chat, go), ...personGoals(chat, say)]);
  const chosen = Math.min(at.value, goals.length - 1);
  const words = strings.switcher;
  useLayoutEffect(() => field.current?.focus(), []);
  const take = (goal: Goal | undefined) => {
    if (goal !== undefined) {
      close();
      goal.go();
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      at.value = (chosen + by + goals.length) % Math.max(1, goals.length);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      take(goals[chosen]);
    }
  };
  return (
    <Modal title={words.title} name="switcher" close={close}>
      <input
        class="wide-field"
        ref={field}
        role="combobox"
        aria-label={words.field}
        aria-expanded="true"
        aria-controls={list}
        aria-autocomplete="list"
        {...(goals.length > 0 ? { 'aria-activedescendant': `${list}-${chosen}` } : {})}
        placeholder={words.field}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKey}
      />
      <div class="goals" id={list} role="listbox" aria-label={words.results}>
        {goals.map((goal, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys for all of them.
          <div
            key={goal.key}
            id={`${list}-${i}`}
            class="goal"
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onClick={() => take(goal)}
          >
            <KindMark kind={goal.kind} name={goal.name} />
            <bdi>{goal.name}</bdi>
            <span class="goal-note">{goal.note}</span>
          </div>
        ))}
      </div>
      {goals.length === 0 && <p class="list-none">{words.none}</p>}
    </Modal>
  );
}

function best(typed: string, goals: readonly Goal[]): readonly Goal[] {
  return goals
    .flatMap((goal) => {
      const score = scoreOf(typed, goal.name);
      return score === null ? [] : [{ goal, score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ goal }) => goal);
}

/** The open one last: one is there already. Those where something waits first. */
function roomGoals(chat: Chat, go: (id: string) => void): Goal[] {
  const open = chat.room.value?.id;
  const words = strings.rooms;
  const goals = chat.rooms.value.map(({ id, kind, name, unread, exact }): Goal => {
    const note = unread > 0 ? words.unread(unread, exact) : words.kind[kind];
    return { key: `room ${id}`, name, kind, note, unread: id === open ? -1 : unread, go: () => go(id) };
  });
  return goals.sort((a, b) => b.unread - a.unread);
}

function personGoals(chat: Chat, say: (text: string) => void): Goal[] {
  const room = chat.room.value;
  const spokenTo = new Set(chat.rooms.value.filter(({ kind }) => kind === 'direct').map(({ name }) => name));
  const others = (room?.members ?? []).filter(({ id, nick }) => id !== room?.you && !spokenTo.has(nick));
  return others.map((member): Goal => {
    const go = () =>
      void chat.message(member).then((result) => {
        if (!result.ok) {
          say(said(result.refusal));
        }
      });
    const note = member.away ? strings.people.away : strings.people.here;
    return { key: `person ${member.id}`, name: member.nick, kind: 'direct', note, unread: 0, go };
  });
}
