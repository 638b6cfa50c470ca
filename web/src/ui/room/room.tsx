// The page of one's rooms: which they are, the open one, and who is in it.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { followDrafts } from '../composer/tabs.ts';
import { focusAfterClosing } from '../focus.ts';
import { watchIdle } from '../idle.ts';
import { leaveOrAsk, leaving } from '../leaving.ts';
import { narrow, slim } from '../media.ts';
import { dialog, drawer, peopleBeside } from '../panels.ts';
import { PersonCard } from '../people/card.tsx';
import { Users } from '../people/users.tsx';
import { Sidebar } from '../rooms/sidebar.tsx';
import { SearchPanel } from '../search/panel.tsx';
import { listen } from '../shortcuts/listen.ts';
import { strings } from '../strings.ts';
import type { Visit } from '../visit.ts';
import { RoomActions } from './actions.tsx';
import { Conversation } from './conversation.tsx';
import { Dialogs } from './dialogs.tsx';
import { Drawer } from './drawer.tsx';
import { Rooms } from './furniture.ts';
import { LeavePlace } from './leaving.tsx';
import { watchSwipes } from './swipe.ts';

interface Props {
  readonly chat: Chat;
  readonly visit: Visit;
}

export function RoomPage({ chat, visit }: Props) {
  const page = useRef<HTMLDivElement>(null);
  const announcement = useSignal('');
  const rooms = useMemo(() => new Rooms(chat), [chat]);
  const id = useComputed(() => chat.room.value?.id ?? '').value;
  const say = (text: string) => {
    announcement.value = text;
  };
  const go = (wanted: string) => {
    drawer.value = null;
    chat.activate(wanted);
    focusField();
  };
  const leave = (which: string) => leaveRoom(chat, visit, which);
  const mention = (nick: string) => {
    const { writing } = rooms.of(id);
    const text = writing.text.peek();
    writing.write(`${text}${/(?:^|\s)$/u.test(text) ? '' : ' '}@${nick} `);
    focusField();
  };
  useEffect(() => watchIdle((away) => chat.setAway(away)), [chat]);
  useLayoutEffect(() => listen(chat, { go, say }), [chat]);
  useEffect(() => followDrafts((which) => rooms.known(which)?.writing), [rooms]);
  useEffect(() => follow(chat, rooms), [chat, rooms]);
  useEffect(() => (page.current === null ? undefined : watchSwipes(page.current)), []);
  useLayoutEffect(() => shutAll, []);
  const sidebar = <Sidebar chat={chat} go={go} leave={leave} say={say} />;

  return (
    <div class={peopleBeside.value ? 'room' : 'room alone'} ref={page}>
      <button type="button" class="skip" onClick={focusField}>
        {strings.skipToComposer}
      </button>
      {!narrow.value && (
        <nav class="sidebar" aria-label={strings.rooms.heading} data-region>
          {sidebar}
        </nav>
      )}
      <Conversation key={id} chat={chat} furniture={rooms.of(id)} leave={() => leave(id)} />
      {!slim.value && peopleBeside.value && (
        <aside class="people" aria-label={strings.room.users} data-region>
          <Users chat={chat} />
        </aside>
      )}
      {drawer.value === 'rooms' && narrow.value && (
        <Drawer name="rooms" close={shutDrawer}>
          <nav class="sidebar" aria-label={strings.rooms.heading}>
            {sidebar}
          </nav>
        </Drawer>
      )}
      {drawer.value === 'people' && slim.value && (
        <Drawer name="people" close={shutDrawer}>
          <Users chat={chat} />
          {narrow.value && <RoomActions chat={chat} leave={() => leave(id)} say={say} complain={say} />}
        </Drawer>
      )}
      <PersonCard chat={chat} mention={mention} complain={say} />
      <Dialogs chat={chat} go={go} say={say} />
      <LeavePlace chat={chat} />
      <SearchPanel chat={chat} go={go} say={say} />
      <div class="visually-hidden" aria-live="polite">
        {announcement}
      </div>
    </div>
  );
}

function follow(chat: Chat, rooms: Rooms): () => void {
  const stop = new AbortController();
  chat.onReplaced((gone, by) => rooms.inherit(gone, by), stop.signal);
  return () => stop.abort();
}

function leaveRoom(chat: Chat, visit: Visit, id: string): void {
  drawer.value = null;
  const leave = () => (id === chat.room.peek()?.id ? visit.leave() : void chat.leave(id));
  leaveOrAsk(chat, { id, leave });
}

function focusField(): void {
  focusAfterClosing(() => document.getElementById('message'));
}

function shutDrawer(): void {
  drawer.value = null;
}

/** The next room that is entered does not begin with what was open in this one. */
function shutAll(): void {
  drawer.value = null;
  dialog.value = null;
  leaving.value = null;
}
