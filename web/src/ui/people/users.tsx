// Who is here, in the order of joining. Long lists hold only the rows near the view.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Member } from '../../store/types.ts';
import { strings } from '../strings.ts';
import { Avatar } from './avatar.tsx';
import { ALL_ROWS, ROW_PX, visibleRows } from './visible.ts';

const number = new Intl.NumberFormat();

interface Props {
  readonly members: readonly Member[];
  /** Which of them is oneself. */
  readonly you: number;
}

export function Users({ members, you }: Props) {
  const words = strings.room;
  const count = members.length;
  return (
    <section class="users">
      <div class="users-head">
        <h2 id="users-heading">{words.users}</h2>
        <span class="count" title={words.userCount(count)}>
          {number.format(count)}
        </span>
      </div>
      {count > ALL_ROWS ? <LongList members={members} you={you} /> : <ShortList members={members} you={you} />}
    </section>
  );
}

function ShortList({ members, you }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <div class="user-list" tabIndex={0}>
      <ul aria-label={strings.room.users}>
        {members.map((member) => (
          <User key={member.id} member={member} mine={member.id === you} />
        ))}
      </ul>
    </div>
  );
}

function LongList({ members, you }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: 0, height: 0 });
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = box.current ?? {};
    view.value = { top, height };
  };
  useLayoutEffect(() => {
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  }, []);
  const count = members.length;
  const { first, end } = visibleRows(count, view.value.top, view.value.height);
  const around = { paddingBlockStart: `${first * ROW_PX}px`, paddingBlockEnd: `${(count - end) * ROW_PX}px` };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <div class="user-list" tabIndex={0} ref={box} onScroll={look}>
      <ul aria-label={strings.room.users} style={around}>
        {members.slice(first, end).map((member, i) => (
          <User
            key={member.id}
            member={member}
            mine={member.id === you}
            place={{ 'aria-posinset': first + i + 1, 'aria-setsize': count }}
          />
        ))}
      </ul>
    </div>
  );
}

interface UserProps {
  readonly member: Member;
  readonly mine: boolean;
  readonly place?: { readonly 'aria-posinset'?: number; readonly 'aria-setsize'?: number };
}

function User({ member, mine, place = {} }: UserProps) {
  return (
    <li class="user" {...(mine ? { 'aria-current': 'true', 'data-you': strings.room.you } : {})} {...place}>
      <Avatar nick={member.nick} />
      <bdi>{member.nick}</bdi>
    </li>
  );
}
