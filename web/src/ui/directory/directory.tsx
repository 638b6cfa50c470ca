// The open rooms of the server, and a room of one's own that is in no list.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, PublicRoom, RoomCard, RoomTarget } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { Modal } from '../modal.tsx';
import type { DialogProps } from '../room/dialogs.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { PrivateRoom } from './private.tsx';
import '../styles/dialogs.css';

/** A pause in typing after which the server is asked. */
const PAUSE_MS = 150;

/** The open rooms whose names hold these words. */
interface Answer {
  readonly like: string;
  readonly rooms: readonly PublicRoom[];
}

export function Directory({ chat, close, go }: DialogProps) {
  const like = useSignal('');
  const answer = useSignal<Answer | null>(null);
  const problem = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const words = strings.directory;
  useLayoutEffect(() => field.current?.focus(), []);
  const live = useComputed(() => chat.connection.value.kind === 'live').value;
  useEffect(() => (live ? look(chat, like.value.trim(), answer) : undefined), [like.value, live]);
  const join = (target: RoomTarget) => enter(chat, target, { close, problem });
  const come = (name: string) => {
    const mine = isIn(chat, name);
    if (mine === undefined) {
      join({ kind: 'public', name });
    } else {
      close();
      go(mine.id);
    }
  };
  const typed = like.value.trim();
  const found = answer.value;
  // Not before the answer to just this: what stands above it would move it under a finger on its way.
  const unknown = found?.like === typed && typed !== '' && !found.rooms.some(({ name }) => same(name, typed));
  const meant = found?.like === typed && typed !== '' ? meantBy(typed, found.rooms) : null;
  return (
    <Modal title={words.title} name="directory" close={close}>
      <input
        class="wide-field"
        ref={field}
        type="search"
        aria-label={words.filter}
        placeholder={words.filter}
        autocomplete="off"
        dir="auto"
        onInput={(event) => {
          like.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.isComposing && meant !== null) {
            come(meant);
          }
        }}
      />
      {problem.value !== '' && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <ul class="public-rooms" aria-label={words.public} aria-busy={found?.like !== typed}>
        {(found?.rooms ?? []).map((room) => (
          <Entry key={room.name} room={room} isMine={isIn(chat, room.name) !== undefined} come={come} />
        ))}
      </ul>
      {live && found?.rooms.length === 0 && <p class="list-none">{found.like === '' ? words.none : words.empty}</p>}
      <p class={live ? 'visually-hidden' : 'list-none'} role="status">
        {live ? '' : strings.people.unknown}
      </p>
      {live && unknown && (
        <button type="button" class="button" onClick={() => join({ kind: 'public', name: typed })}>
          <Icon name="plus" />
          <span>{words.create(typed)}</span>
        </button>
      )}
      {/* Not before what stands above it, for the same reason. */}
      {found !== null && <PrivateRoom chat={chat} close={close} />}
    </Modal>
  );
}

interface EntryProps {
  readonly room: PublicRoom;
  readonly isMine: boolean;
  readonly come: (name: string) => void;
}

function Entry({ room: { name, topic, members }, isMine, come }: EntryProps) {
  const words = strings.directory;
  return (
    <li class="public-room">
      <Icon name="hash" />
      <div class="public-room-what">
        <bdi class="room-name">{name}</bdi>
        {topic !== '' && (
          <p class="public-room-topic" dir="auto">
            {topic}
          </p>
        )}
      </div>
      <span class="goal-note">{words.members(members)}</span>
      <button
        type="button"
        class="button"
        aria-label={`${isMine ? words.open : words.join} ${name}`}
        onClick={() => come(name)}
      >
        {isMine ? words.open : words.join}
      </button>
    </li>
  );
}

/** What Enter opens: the room of this name, the only one that is found, or a new one; null if that is not clear. */
function meantBy(typed: string, rooms: readonly PublicRoom[]): string | null {
  const [first, ...others] = rooms;
  const named = rooms.find(({ name }) => same(name, typed));
  if (named !== undefined || first === undefined) {
    return named?.name ?? typed;
  }
  return others.length === 0 ? first.name : null;
}

function isIn(chat: Chat, name: string): RoomCard | undefined {
  return chat.rooms.value.find((room) => room.kind === 'public' && same(room.name, name));
}

/** Asks for the rooms after a pause; returns what takes the question back. */
function look(chat: Chat, like: string, answer: { value: Answer | null }): () => void {
  let wanted = true;
  const timer = setTimeout(
    () =>
      void chat.directory(like).then((rooms) => {
        if (wanted) {
          answer.value = { like, rooms };
        }
      }),
    answer.value === null ? 0 : PAUSE_MS,
  );
  return () => {
    wanted = false;
    clearTimeout(timer);
  };
}

function enter(
  chat: Chat,
  target: RoomTarget,
  { close, problem }: { readonly close: () => void; readonly problem: { value: string } },
): void {
  const nick = chat.room.peek()?.nick ?? '';
  void chat
    .join(target, nick)
    .then((result) => {
      if (result.ok) {
        close();
      } else {
        problem.value = said(result.refusal);
      }
    })
    .catch(() => {
      problem.value = strings.join.failed;
    });
}

/** As the server compares names. */
function same(a: string, b: string): boolean {
  const folded = (name: string) => name.trim().normalize('NFKC').toLowerCase();
  return folded(a) === folded(b);
}
