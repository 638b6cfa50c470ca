// Who is here: those who are awake first, each group by name. The document holds only the rows near the view.

import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat, Member } from '../../store/types.ts';
import { lasting } from '../kept.ts';
import { coarsePointer } from '../media.ts';
import { locale } from '../strings/language.ts';
import { strings } from '../strings.ts';
import { Avatar } from './avatar.tsx';
import { showCard } from './card-state.ts';
import { ByName, named, type Order } from './order.ts';
import { ROW_PX, TOUCH_ROW_PX, visibleRows } from './visible.ts';

const number = (count: number) => strings.rooms.count(count);
const NOBODY: readonly Member[] = [];
/** From so many on a list is searched rather than read. */
const FILTER_FROM = 12;
const ORDER = 'chinwag.order';

/** Outlives the list, so that one that is opened again need not be sorted again. */
const sorting = new ByName();
const order = { recall: (): Order => (lasting.recall(ORDER) === 'joining' ? 'joining' : 'name') };

export function Users({ chat }: { readonly chat: Chat }) {
  // Not the room as a whole: a message must not draw everybody again.
  const members = useComputed(() => chat.room.value?.members ?? NOBODY).value;
  const you = useComputed(() => chat.room.value?.you ?? 0).value;
  const like = useSignal('');
  const by = useSignal(order.recall());
  const language = locale.value;
  const inOrder = useMemo(
    () => (by.value === 'name' ? sorting.sorted(members, language) : members),
    [members, language, by.value],
  );
  const shown = useMemo(() => named(inOrder, like.value), [inOrder, like.value]);
  const turn = () => {
    by.value = by.value === 'name' ? 'joining' : 'name';
    lasting.keep(ORDER, by.value === 'name' ? null : by.value);
  };
  const words = strings.people;
  const unsure = useComputed(() => chat.connection.value.kind !== 'live').value;
  return (
    <section class={unsure ? 'users unsure' : 'users'}>
      <div class="list-head">
        <h2>{strings.room.users}</h2>
        <span class="count" title={strings.room.userCount(members.length)}>
          {number(members.length)}
        </span>
        {unsure && <span class="visually-hidden">{words.unknown}</span>}
        <button type="button" class="text-button order-button" title={words.order} onClick={turn}>
          {by.value === 'name' ? words.orderByName : words.orderByJoining}
        </button>
      </div>
      {members.length >= FILTER_FROM && (
        <input
          class="people-filter"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          autocomplete="off"
          dir="auto"
          onInput={(event) => {
            like.value = event.currentTarget.value;
          }}
        />
      )}
      <List members={shown} you={you} unsure={unsure} />
      {shown.length === 0 && <p class="list-none">{words.nobody}</p>}
    </section>
  );
}

interface Props {
  readonly members: readonly Member[];
  /** Which of them is oneself. */
  readonly you: number;
  /** Nobody knows who is away. */
  readonly unsure: boolean;
}

function List({ members, you, unsure }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: 0, height: 0 });
  const at = useSignal(0);
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = box.current ?? {};
    if (top !== view.peek().top || height !== view.peek().height) {
      view.value = { top, height };
    }
  };
  useLayoutEffect(() => {
    look();
    if (box.current === null) {
      return undefined;
    }
    const resized = new ResizeObserver(look);
    resized.observe(box.current);
    return () => resized.disconnect();
  }, []);
  const count = members.length;
  const row = coarsePointer.value ? TOUCH_ROW_PX : ROW_PX;
  const { first, end } = visibleRows(count, view.value.top, { height: view.value.height, row });
  const around = { paddingBlockStart: `${first * row}px`, paddingBlockEnd: `${(count - end) * row}px` };
  const held = Math.min(at.value, count - 1);
  return (
    // Firefox makes a stop for the Tab key of whatever scrolls; here the rows have one.
    <div class="user-list" ref={box} tabIndex={-1} onScroll={look}>
      <ul
        aria-label={strings.room.users}
        style={around}
        onKeyDown={(event) => step(event, box.current, { at, count, row })}
      >
        {members.slice(first, end).map((member, i) => (
          <User
            key={member.id}
            member={member}
            mine={member.id === you}
            away={member.away && !unsure}
            place={first + i}
            setSize={count}
            // The row that the Tab key reaches must be in the document.
            held={first + i === Math.max(first, Math.min(held, end - 1))}
          />
        ))}
      </ul>
    </div>
  );
}

/** Arrow keys, Home and End go through the list, of which the Tab key reaches one row. */
function step(
  event: KeyboardEvent,
  box: HTMLElement | null,
  { at, count, row }: { readonly at: { value: number }; readonly count: number; readonly row: number },
): void {
  const { key } = event;
  const next = { ArrowDown: at.value + 1, ArrowUp: at.value - 1, Home: 0, End: count - 1 }[key];
  if (next === undefined || count === 0 || box === null) {
    return;
  }
  event.preventDefault();
  at.value = Math.max(0, Math.min(count - 1, next));
  const top = at.value * row;
  if (top < box.scrollTop || top + row > box.scrollTop + box.clientHeight) {
    box.scrollTop = top < box.scrollTop ? top : top + row - box.clientHeight;
  }
  focusRow(box, at.value);
}

/** At once, or when its row is drawn, unless the focus has gone elsewhere by then. */
function focusRow(box: HTMLElement, place: number): void {
  const row = () => box.querySelector<HTMLElement>(`[data-place="${place}"]`);
  if (row() !== null) {
    row()?.focus();
    return;
  }
  requestAnimationFrame(() => {
    const { activeElement } = document;
    // Who had the focus may have been scrolled out of the document.
    if (activeElement === document.body || box.contains(activeElement)) {
      row()?.focus();
    }
  });
}

interface UserProps {
  readonly member: Member;
  readonly mine: boolean;
  readonly away: boolean;
  readonly place: number;
  readonly setSize: number;
  readonly held: boolean;
}

function User({ member, mine, away, place, setSize, held }: UserProps) {
  const state = away ? { 'data-state': strings.people.away, 'aria-description': strings.people.away } : {};
  const own = mine ? { 'aria-current': 'true' as const, 'data-you': strings.room.you } : {};
  return (
    <li class={away ? 'user away' : 'user'} aria-posinset={place + 1} aria-setsize={setSize} {...own}>
      <button
        type="button"
        class="user-button"
        tabIndex={held ? 0 : -1}
        data-place={place}
        aria-haspopup="dialog"
        onClick={(event) => showCard(member.nick, event.currentTarget)}
        {...state}
      >
        <Avatar nick={member.nick} />
        <bdi>{member.nick}</bdi>
      </button>
    </li>
  );
}
