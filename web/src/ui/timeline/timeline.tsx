// The messages: a log whose rows come and go with the view.

import { effect, useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { destination } from '../destination.ts';
import { Icon } from '../icon.tsx';
import { lineSaid } from '../said.ts';
import { strings } from '../strings.ts';
import { copyLines } from './copy.ts';
import { DayLine } from './dates.tsx';
import { Desk } from './desk.ts';
import type { Feed } from './feed.ts';
import { FoldRow } from './fold-row.tsx';
import { fold } from './folds.ts';
import { framedTimeline } from './framed.ts';
import { MessageRow } from './message.tsx';
import { follow } from './permalinks.ts';
import { Drawn, type Row, rowsOf } from './rows.ts';
import type { Scroller } from './scroller.ts';
import { fetchTools, RemoveDialogPlace } from './tools-place.tsx';
import { Walk } from './walk.ts';

interface Props {
  readonly chat: Chat;
  readonly feed: Feed;
  readonly scroller: Scroller;
}

export function Timeline({ chat, feed, scroller }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const walk = useRef<Walk | null>(null);
  const gone = useMemo(() => new AbortController(), []);
  const desk = useMemo(() => new Desk(chat, scroller, (text) => feed.say(text)), [chat, scroller, feed]);
  const unread = useMemo(() => feed.open(chat.room.peek(), scroller), [chat, feed, scroller]);
  // Only the timeline itself: who is here and who is typing must not render hundreds of rows again.
  const timeline = useMemo(() => framedTimeline(chat, gone.signal), [chat, gone]);
  const items = useComputed(() => fold(timeline.value, reader.dayOf)).value;
  const span = scroller.spanFor(items);
  const rows = rowsOf(items, span, reader.dayOf, feed.unreadFrom.value);
  const drawn = useMemo(() => new Drawn((row) => rowView(row, desk)), [desk]);

  useEffect(() => () => gone.abort(), [gone]);
  useLayoutEffect(() => {
    if (box.current === null) {
      return undefined;
    }
    walk.current = new Walk(box.current, desk);
    walk.current.listen(gone.signal);
    box.current.addEventListener('click', (event) => follow(event, desk), gone);
    return scroller.attach(box.current, belowOf(chat));
  }, [scroller, chat, desk, gone]);
  useLayoutEffect(() => {
    scroller.rendered();
    walk.current?.settle();
  });
  useEffect(() => {
    if (unread !== null && destination.peek() === null) {
      void goToUnread(unread, desk, feed); // without a way there, one stays
    }
  }, [unread, desk, feed]);
  useEffect(() => goWhereWanted(desk), [desk]);
  useEffect(() => void fetchTools(), []);

  return (
    <>
      <div
        class="timeline"
        ref={box}
        role="log"
        aria-label={strings.timeline.label}
        aria-live="off"
        onCopy={(event) => copyLines(event, event.currentTarget, chat.room.peek()?.timeline ?? [])}
      >
        <div class="rows">
          {span.start === 0 && <Top chat={chat} />}
          {drawn.all(rows)}
          {span.end === items.length && <Bottom chat={chat} />}
        </div>
      </div>
      <RemoveDialogPlace desk={desk} />
    </>
  );
}

function belowOf(chat: Chat) {
  return {
    hasNewer: () => chat.room.peek()?.hasNewer === true,
    loadNewer: () => {
      if (chat.room.peek()?.loadingNewer === false) {
        chat.loadNewer();
      }
    },
    newest: () => chat.jump('end'),
  };
}

/** What is unread begins further up than what is loaded: there the room opens. */
async function goToUnread(seq: number, { chat, scroller }: Desk, feed: Feed): Promise<void> {
  const here = chat.room.peek()?.id;
  const there = await chat.jump({ seq });
  const room = chat.room.peek();
  if (there && room !== null && room.id === here) {
    feed.open({ readUpTo: seq - 1, timeline: room.timeline, hasOlder: false }, scroller);
  }
}

/** Goes to the message that somebody asked for, once the room is there. */
function goWhereWanted(desk: Desk): () => void {
  const here = desk.chat.room.peek()?.id;
  return effect(() => {
    const seq = destination.value;
    // In the room that is about to be drawn it is another list's to go there.
    if (seq !== null && desk.chat.room.peek()?.id === here) {
      destination.value = null;
      void desk.go(seq); // says itself when there is no way
    }
  });
}

function rowView(row: Row, desk: Desk) {
  switch (row.kind) {
    case 'day':
      return <DayLine key={row.key} at={row.at} desk={desk} />;
    case 'unread':
      return (
        <p class="unread-line" key={row.key}>
          <span>{strings.timeline.unread}</span>
        </p>
      );
    case 'line':
      return (
        <p class="server-line" key={row.key} data-row={row.key} dir="auto">
          {lineSaid(row.item)}{' '}
          <time dateTime={iso(row.item.at)} title={reader.fullOf(row.item.at)}>
            {reader.timeOf(row.item.at)}
          </time>
        </p>
      );
    case 'fold':
      return <FoldRow key={row.key} item={row.item} />;
    case 'message':
      return <MessageRow key={row.key} item={row.item} headed={row.headed} desk={desk} />;
  }
}

/** Above the first row: what is loading, or where the room begins. */
function Top({ chat }: { readonly chat: Chat }) {
  const hasOlder = useComputed(() => chat.room.value?.hasOlder ?? false).value;
  const loading = useComputed(() => chat.room.value?.loadingOlder ?? false).value;
  const name = useComputed(() => chat.room.value?.name ?? '').value;
  if (!hasOlder) {
    return (
      <p class="beginning" dir="auto">
        {strings.timeline.beginning(name)}
      </p>
    );
  }
  return <p class="older">{loading && <span class="older-busy">{strings.timeline.loading}</span>}</p>;
}

/** Below the last row: what is loading, when the timeline is not the newest stretch. */
function Bottom({ chat }: { readonly chat: Chat }) {
  const hasNewer = useComputed(() => chat.room.value?.hasNewer ?? false).value;
  const loading = useComputed(() => chat.room.value?.loadingNewer ?? false).value;
  return hasNewer ? (
    <p class="older">{loading && <span class="older-busy">{strings.dates.loadingNewer}</span>}</p>
  ) : null;
}

/** Shown while the view is further up: how many are new, and the way down. */
export function ToEnd({
  feed,
  scroller,
  jump,
}: {
  readonly feed: Feed;
  readonly scroller: Scroller;
  readonly jump: () => void;
}) {
  if (scroller.following.value) {
    return null;
  }
  const count = feed.below.value;
  const words = strings.timeline;
  return (
    <button
      type="button"
      class={count > 0 ? 'to-end button primary' : 'to-end button'}
      onClick={jump}
      {...(count > 0 ? {} : { 'aria-label': words.toEnd })}
    >
      <Icon name="down" />
      {count > 0 && words.newBelow(count)}
    </button>
  );
}

export function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
