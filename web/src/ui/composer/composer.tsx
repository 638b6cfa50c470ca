// Where one writes: the field, the buttons, and what there is to say about them.

import { effect, useComputed } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { useSecondsUntil } from '../clock.ts';
import { composing, writeNew } from '../composing.ts';
import { pickEmoji } from '../emoji/load.ts';
import { focusAfterClosing } from '../focus.ts';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import { type Acts, perform } from './acts.ts';
import { Aside } from './aside.tsx';
import { Completing } from './completing.ts';
import { type Length, lengthOf } from './draft.ts';
import { asksForEnd, insert, takesStrayKey } from './field.ts';
import { Locating } from './locating.ts';
import { MessageField } from './message-field.tsx';
import { LocationButton, PlaceCard } from './place.tsx';
import { Suggestions } from './suggestions.tsx';
import type { Writing } from './writing.ts';

interface Props {
  readonly chat: Chat;
  /** That of the open room. */
  readonly writing: Writing;
  /** What commands do outside of the composer. */
  readonly acts: Acts;
  /** Called when a message has been handed in. */
  readonly sent: () => void;
  readonly jump: () => void;
}

export function Composer(props: Props) {
  const { chat, writing, sent } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const { completing, locating } = useParts(props);
  const wait = useSecondsUntil(chat.throttledUntil.value);
  const length = lengthOf(writing.text.value, chat.limits.value.bodyChars);
  const focus = () => field.current?.focus();
  const submit = () => {
    completing.close();
    if (writing.submit(Date.now())) {
      sent();
    }
    focus();
  };
  const choose = (at?: number) => {
    const chosen = completing.chosen(at);
    if (chosen !== null && field.current !== null) {
      insert(field.current, chosen);
      completing.close();
    }
  };
  useFocus(field, props);
  const editing = composing.value.kind === 'edit';
  return (
    <form
      class="composer"
      aria-label={strings.composer.form}
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
      <Aside back={focus} />
      <PlaceCard chat={chat} locating={locating} />
      <State chat={chat} wait={wait} length={length} />
      <div class={editing ? 'composer-box editing' : 'composer-box'}>
        <Suggestions completing={completing} choose={choose} />
        <MessageField
          field={field}
          room={chat.room.value}
          over={length.kind === 'over'}
          {...{ writing, completing, choose, submit }}
        />
        <EmojiButton field={field} writing={writing} />
        {!editing && <LocationButton locating={locating} />}
        <HelpButton writing={writing} />
        <SendButton blocked={wait > 0 || length.kind === 'over'} word={editing ? 'save' : 'send'} />
      </div>
    </form>
  );
}

/** What belongs to one room's composer; what one was changing is given up with the room. */
function useParts({ chat, writing, acts, sent }: Props) {
  const latest = useRef({ acts, sent });
  latest.current = { acts, sent };
  const parts = useMemo(() => {
    const complain = (text: string) => {
      writing.problem.value = text;
    };
    const locating = new Locating({ chat, complain, sent: () => latest.current.sent() });
    const own = { help: () => void showHelp(writing), locate: () => void locating.seek() };
    writing.perform = (command) => perform(command, chat, { ...latest.current.acts, ...own });
    return { completing: new Completing(chat), locating };
  }, [chat, writing]);
  // Before the next key: it must not write an answer to a message of the room that was left.
  useLayoutEffect(() => {
    writeNew();
    const stop = effect(() => writing.turn(composing.value));
    const unfollow = chat.room.subscribe((room) => writing.follow(room));
    return () => {
      unfollow();
      stop();
      writing.rest(); // the composer of the next room may be at work already
    };
  }, [chat, writing]);
  return parts;
}

/** The field has the focus when a room opens, and takes what is typed anywhere on the page. */
function useFocus(field: { readonly current: HTMLTextAreaElement | null }, { writing, jump }: Props): void {
  const latest = useRef(jump);
  latest.current = jump;
  useLayoutEffect(() => {
    focusAfterClosing(() => field.current);
    const onKey = (event: KeyboardEvent) => {
      if (takesStrayKey(event)) {
        field.current?.focus();
      } else if (asksForEnd(event)) {
        latest.current();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [writing, field]);
}

interface StateProps {
  readonly chat: Chat;
  /** Seconds until one may send again. */
  readonly wait: number;
  readonly length: Length;
}

/** Who is writing, and what stands in the way of sending. */
function State({ chat, wait, length }: StateProps) {
  const words = strings.composer;
  const typing = useComputed(() => strings.typing((chat.room.value?.typing ?? []).map((member) => member.nick)));
  return (
    <div class="composer-state">
      <p class="typing" dir="auto">
        {typing}
      </p>
      <p class="hint" id="composer-hint">
        {wait > 0 && <span class="wait">{chat.serverFull.value ? words.serverFull(wait) : words.throttled(wait)}</span>}
        {length.kind === 'near' && <span>{words.left(length.left)}</span>}
        {length.kind === 'over' && <span class="over">{words.over(length.over)}</span>}
      </p>
    </div>
  );
}

interface EmojiButtonProps {
  readonly field: { readonly current: HTMLTextAreaElement | null };
  readonly writing: Writing;
}

function EmojiButton({ field, writing }: EmojiButtonProps) {
  const words = strings.composer;
  const pick = async (button: Element) => {
    try {
      const character = await pickEmoji(button);
      if (character !== null && field.current !== null) {
        const { selectionStart, selectionEnd } = field.current;
        insert(field.current, { from: selectionStart, to: selectionEnd, insert: character });
      }
    } catch {
      writing.problem.value = words.emojiFailed;
    }
  };
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={words.emoji}
      title={words.emoji}
      aria-haspopup="dialog"
      onClick={(event) => void pick(event.currentTarget)}
    >
      <Icon name="smile" />
    </button>
  );
}

function HelpButton({ writing }: { readonly writing: Writing }) {
  const words = strings.composer;
  return (
    <button
      type="button"
      class="button quiet composer-help"
      aria-label={words.help}
      title={words.help}
      aria-haspopup="dialog"
      onClick={() => void showHelp(writing)}
    >
      <Icon name="help" />
    </button>
  );
}

async function showHelp(writing: Writing): Promise<void> {
  try {
    const { openHelp } = await import('./help.tsx');
    openHelp();
  } catch {
    writing.problem.value = strings.composer.helpFailed;
  }
}

function SendButton({ blocked, word }: { readonly blocked: boolean; readonly word: 'send' | 'save' }) {
  return (
    <button type="submit" class="button primary send" aria-disabled={blocked}>
      <Icon name={word === 'send' ? 'send' : 'check'} />
      <span class="send-word">{strings.composer[word]}</span>
    </button>
  );
}
