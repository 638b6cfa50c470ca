// The room: header, sidebar, messages, composer.

import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Composer } from '../composer/composer.tsx';
import { Writing } from '../composer/writing.ts';
import { Icon } from '../icon.tsx';
import { lasting } from '../kept.ts';
import { narrow } from '../media.ts';
import { strings } from '../strings.ts';
import { Feed } from '../timeline/feed.ts';
import { Scroller } from '../timeline/scroller.ts';
import { Timeline, ToEnd } from '../timeline/timeline.tsx';
import type { Visit } from '../visit.ts';
import { RoomActions } from './actions.tsx';
import { TroubleBanner } from './banner.tsx';
import { ConnectionStatus } from './connection.tsx';
import { Drawer } from './drawer.tsx';
import { Sidebar } from './sidebar.tsx';
import { watchRoom } from './watch.ts';

interface Props {
  readonly chat: Chat;
  readonly visit: Visit;
}

export function RoomPage({ chat, visit }: Props) {
  const { feed, scroller, writing } = useMemo(() => furnish(chat), [chat]);
  const open = useSignal(false);
  useLayoutEffect(() => watchRoom(chat, feed, scroller), [chat, feed, scroller]);
  const say = (text: string) => feed.say(text);
  const jump = () => scroller.toEnd();
  const sent = () => {
    feed.answered();
    jump();
  };
  const complain = (text: string) => {
    writing.problem.value = text;
  };
  const actions = <RoomActions leave={() => visit.leave()} say={say} complain={complain} />;
  const focusComposer = () => document.getElementById('message')?.focus();

  return (
    <div class="room">
      <button type="button" class="skip" onClick={focusComposer}>
        {strings.skipToComposer}
      </button>
      {!narrow.value && (
        <aside class="sidebar" aria-label={strings.room.users}>
          <Sidebar chat={chat} />
        </aside>
      )}
      <div class="conversation">
        <Header chat={chat}>
          {narrow.value ? (
            <UsersButton
              chat={chat}
              open={() => {
                open.value = true;
              }}
            />
          ) : (
            actions
          )}
        </Header>
        <main class="talk">
          <TroubleBanner chat={chat} say={say} />
          <div class="timeline-frame">
            <Timeline chat={chat} feed={feed} scroller={scroller} />
            <ToEnd
              feed={feed}
              scroller={scroller}
              jump={() => {
                jump();
                focusComposer();
              }}
            />
          </div>
          <Composer chat={chat} writing={writing} sent={sent} jump={jump} />
        </main>
      </div>
      {narrow.value && open.value && (
        <Drawer
          close={() => {
            open.value = false;
          }}
        >
          <Sidebar chat={chat} />
          {actions}
        </Drawer>
      )}
      <div class="visually-hidden" aria-live="polite">
        {feed.announcement}
      </div>
    </div>
  );
}

/** What the parts of the page share for as long as one is in the room. */
function furnish(chat: Chat) {
  const feed = new Feed((run, ms) => void setTimeout(run, ms));
  const scroller = new Scroller({
    hasOlder: () => {
      const room = chat.room.peek();
      return room?.hasOlder === true && !room.loadingOlder;
    },
    loadOlder: () => chat.loadOlder(),
    reachedEnd: () => feed.reachedEnd(),
  });
  const room = chat.room.peek()?.name ?? '';
  const writing = new Writing(chat, { drafts: lasting, room, say: (text) => feed.say(text) });
  return { feed, scroller, writing };
}

function Header({ chat, children }: { readonly chat: Chat; readonly children: ComponentChildren }) {
  const name = useComputed(() => chat.room.value?.name ?? '');
  return (
    <header class="room-head">
      <div class="room-title">
        <h1 dir="auto">{name}</h1>
        <ConnectionStatus chat={chat} />
      </div>
      {children}
    </header>
  );
}

function UsersButton({ chat, open }: { readonly chat: Chat; readonly open: () => void }) {
  const count = useComputed(() => chat.room.value?.members.length ?? 0).value;
  return (
    <button
      type="button"
      class="button quiet users-button"
      aria-label={strings.room.users}
      aria-haspopup="dialog"
      data-count={count}
      onClick={open}
    >
      <Icon name="users" />
    </button>
  );
}
