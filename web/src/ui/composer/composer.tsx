// Where one writes: the field, the buttons, and what there is to say about them.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { useSecondsUntil } from '../clock.ts';
import { Icon } from '../icon.tsx';
import { coarsePointer } from '../media.ts';
import { strings } from '../strings.ts';
import { lengthOf } from './draft.ts';
import { asksForEnd, grow, takesStrayKey } from './field.ts';
import { findPosition } from './position.ts';
import type { Writing } from './writing.ts';

interface Props {
  readonly chat: Chat;
  readonly writing: Writing;
  /** Called when a message has been handed in. */
  readonly sent: () => void;
  readonly jump: () => void;
}

export function Composer({ chat, writing, sent, jump }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const words = strings.composer;
  const room = useComputed(() => chat.room.value?.name ?? '').value;
  const text = writing.text.value;
  const wait = useSecondsUntil(chat.throttledUntil.value);
  const length = lengthOf(text, chat.limits.value.bodyChars);
  const blocked = wait > 0 || length.kind === 'over';

  const submit = () => {
    if (writing.submit(Date.now())) {
      sent();
    }
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const composing = event.isComposing || event.keyCode === IME_KEY;
    if (event.key === 'Enter' && !event.shiftKey && !composing && !coarsePointer.value) {
      event.preventDefault();
      submit();
    }
  };
  useEffect(() => {
    field.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (takesStrayKey(event)) {
        field.current?.focus();
      } else if (asksForEnd(event)) {
        jump();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => grow(field.current), [text]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {writing.problem.value !== '' && (
        <p class="problem" role="alert" dir="auto">
          {writing.problem.value}
        </p>
      )}
      <div class="composer-state">
        <TypingLine chat={chat} />
        <p class="hint" id="composer-hint">
          {wait > 0 && <span class="wait">{words.throttled(wait)}</span>}
          {length.kind === 'near' && <span>{words.left(length.left)}</span>}
          {length.kind === 'over' && <span class="over">{words.over(length.over)}</span>}
        </p>
      </div>
      <div class="composer-box">
        <textarea
          id="message"
          ref={field}
          rows={1}
          value={text}
          onInput={(event) => writing.write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          aria-label={words.label}
          aria-describedby="composer-hint"
          aria-invalid={length.kind === 'over'}
          placeholder={words.placeholder(room)}
          autocomplete="off"
          enterkeyhint={coarsePointer.value ? 'enter' : 'send'}
          dir="auto"
        />
        <LocationButton chat={chat} writing={writing} sent={sent} />
        <button type="submit" class="button primary send" aria-disabled={blocked}>
          <Icon name="send" />
          <span class="send-word">{words.send}</span>
        </button>
      </div>
    </form>
  );
}

/** What `keyCode` says while an input method is at work, in browsers that forget `isComposing`. */
const IME_KEY = 229;

function LocationButton({ chat, writing, sent }: Pick<Props, 'chat' | 'writing' | 'sent'>) {
  const busy = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const share = async () => {
    writing.problem.value = '';
    const found = await findPosition(navigator.geolocation);
    if (!found.ok) {
      writing.problem.value = found.text;
      return;
    }
    sent();
    const { latitude, longitude } = found;
    const result = await chat.send({ kind: 'location', latitude, longitude });
    if (result.kind === 'refused') {
      writing.problem.value = result.text;
    }
  };
  const click = async () => {
    busy.value = true;
    try {
      await share();
    } catch {
      writing.problem.value = strings.location.unavailable;
    } finally {
      busy.value = false;
      refocus(button.current);
    }
  };
  return (
    <button
      type="button"
      ref={button}
      class="button quiet locate"
      aria-label={strings.composer.location}
      title={strings.composer.location}
      disabled={busy.value}
      aria-busy={busy.value}
      onClick={() => void click()}
    >
      {busy.value ? <span class="spinner" /> : <Icon name="pin" />}
    </button>
  );
}

/** A button that was disabled has lost the focus; it gets it back unless the person went elsewhere. */
function refocus(button: HTMLButtonElement | null): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) {
      button?.focus();
    }
  });
}

function TypingLine({ chat }: Pick<Props, 'chat'>) {
  const text = useComputed(() => strings.typing((chat.room.value?.typing ?? []).map((member) => member.nick)));
  return (
    <p class="typing" dir="auto">
      {text}
    </p>
  );
}
