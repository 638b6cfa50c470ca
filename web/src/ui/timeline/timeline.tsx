// The messages: a log whose rows come and go with the view.

import { useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat, TimelineItem } from '../../store/types.ts';
import { reader, today } from '../clock.ts';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import type { Feed } from './feed.ts';
import { MessageRow } from './message.tsx';
import { type Row, rowsOf } from './rows.ts';
import type { Scroller } from './scroller.ts';

const NONE: readonly TimelineItem[] = [];

interface Props {
  readonly chat: Chat;
  readonly feed: Feed;
  readonly scroller: Scroller;
}

export function Timeline({ chat, feed, scroller }: Props) {
  const box = useRef<HTMLDivElement>(null);
  // Only the timeline itself: who is here and who is typing must not render hundreds of rows again.
  const items = useComputed(() => chat.room.value?.timeline ?? NONE).value;
  const span = scroller.spanFor(items);
  const rows = rowsOf(items, span, reader.dayOf, feed.unreadFrom.value);

  useEffect(() => (box.current === null ? undefined : scroller.attach(box.current)), [scroller]);
  useLayoutEffect(() => scroller.rendered());

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <div class="timeline" ref={box} role="log" aria-label={strings.timeline.label} aria-live="off" tabIndex={0}>
      <div class="rows">
        {span.start === 0 && <Top chat={chat} />}
        {rows.map((row) => (
          <RowView key={row.key} row={row} chat={chat} />
        ))}
      </div>
    </div>
  );
}

function RowView({ row, chat }: { readonly row: Row; readonly chat: Chat }) {
  switch (row.kind) {
    case 'day':
      return <DayLine at={row.at} />;
    case 'unread':
      return (
        <p class="unread-line">
          <span>{strings.timeline.unread}</span>
        </p>
      );
    case 'line':
      return (
        <p class="server-line" data-row dir="auto">
          {row.item.text}{' '}
          <time dateTime={iso(row.item.at)} title={reader.fullOf(row.item.at)}>
            {reader.timeOf(row.item.at)}
          </time>
        </p>
      );
    case 'message':
      return <MessageRow item={row.item} headed={row.headed} chat={chat} />;
  }
}

function DayLine({ at }: { readonly at: number }) {
  return (
    <p class="day-line">
      <time dateTime={reader.dayOf(at)} title={reader.fullOf(at)}>
        {reader.nameOf(at, today.value)}
      </time>
    </p>
  );
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
