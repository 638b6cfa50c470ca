// What the room is about. A click makes it a field; Enter keeps what is written, Escape what was there.

import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';

/** What the server takes. */
const MOST_CHARS = 200;

interface Props {
  readonly chat: Chat;
  readonly complain: (text: string) => void;
}

export function Topic({ chat, complain }: Props) {
  const topic = useComputed(() => chat.room.value?.topic ?? '').value;
  const editing = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const done = (text: string | null) => {
    editing.value = false;
    button.current?.focus();
    if (text !== null && text !== topic) {
      void chat.setTopic(text).then((result) => {
        if (result.kind !== 'sent') {
          complain(said(result));
        }
      });
    }
  };
  if (editing.value) {
    return <TopicField topic={topic} done={done} />;
  }
  return (
    <button
      type="button"
      class={topic === '' ? 'topic topic-none' : 'topic'}
      ref={button}
      aria-label={strings.rooms.editTopic(topic)}
      title={topic === '' ? strings.rooms.noTopic : topic}
      dir="auto"
      onClick={() => {
        editing.value = true;
      }}
    >
      {topic === '' ? strings.rooms.noTopic : topic}
    </button>
  );
}

function TopicField({ topic, done }: { readonly topic: string; readonly done: (text: string | null) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      done(field.current?.value.trim() ?? null);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      done(null);
    }
  };
  return (
    <input
      class="topic-field"
      ref={field}
      defaultValue={topic}
      maxLength={MOST_CHARS}
      aria-label={strings.rooms.topic}
      autocomplete="off"
      dir="auto"
      onKeyDown={onKey}
      onBlur={() => done(null)}
    />
  );
}
