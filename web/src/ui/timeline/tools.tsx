// What can be done with a message: the bar of tools, the question before deleting, and the same by single keys.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '../../store/types.ts';
import { edit, reply } from '../composing.ts';
import { permalink } from '../destination.ts';
import { pickEmoji } from '../emoji/load.ts';
import { Icon, type IconName } from '../icon.tsx';
import { useModal } from '../modal.tsx';
import { roomPath } from '../route.ts';
import { strings } from '../strings.ts';
import '../styles/ask.css';
import '../styles/tools.css';
import type { Desk } from './desk.ts';
import { react } from './reactions.tsx';

const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

interface ToolsProps {
  readonly item: Message;
  readonly desk: Desk;
}

interface Tool {
  readonly icon: IconName;
  readonly label: string;
  readonly run: (button: HTMLElement) => void;
}

export function Toolbar({ item, desk, entered }: ToolsProps & { readonly entered: boolean }) {
  const bar = useRef<HTMLDivElement>(null);
  const reacting = useSignal(false);
  useLayoutEffect(() => {
    if (entered) {
      bar.current?.querySelector('button')?.focus();
    }
  }, [entered, reacting.value]);
  const done = () => leave(bar.current, desk);
  const words = strings.message;
  return (
    <div class="tools" ref={bar} role="toolbar" aria-label={words.actions} onKeyDown={(event) => walk(event, done)}>
      {reacting.value ? (
        <QuickReactions item={item} desk={desk} done={done} />
      ) : (
        <>
          <ToolButton
            icon="smile"
            label={words.react}
            run={() => {
              desk.pointed.value = { key: item.key, entered: true };
              reacting.value = true;
            }}
          />
          {toolsOf(item, desk, done).map((tool) => (
            <ToolButton key={tool.icon} {...tool} />
          ))}
        </>
      )}
    </div>
  );
}

function ToolButton({ icon, label, run }: Tool) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={(event) => run(event.currentTarget)}>
      <Icon name={icon} />
    </button>
  );
}

function QuickReactions({ item, desk, done }: ToolsProps & { readonly done: () => void }) {
  const give = (emoji: string) => {
    const mine = item.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
    done();
    void react(item, emoji, { on: !mine, desk }); // says itself when it is refused
  };
  const more = async (button: HTMLElement) => {
    const emoji = await pickEmoji(button);
    if (emoji === null) {
      done();
    } else {
      give(emoji);
    }
  };
  return (
    <>
      {QUICK.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="tool"
          aria-label={strings.message.reactWith(emoji)}
          onClick={() => give(emoji)}
        >
          {emoji}
        </button>
      ))}
      <ToolButton
        icon="smile"
        label={strings.message.moreReactions}
        run={
          (button) =>
            void more(button).catch(() => desk.say(strings.timeline.retry)) /* the table could not be fetched */
        }
      />
    </>
  );
}

function toolsOf(item: Message, desk: Desk, done: () => void): readonly Tool[] {
  const { content, seq } = item;
  const words = strings.message;
  const room = desk.chat.room.peek();
  const tools: Tool[] = [{ icon: 'reply', label: words.reply, run: () => act('reply', item, desk) }];
  if (canEdit(item)) {
    tools.push({ icon: 'edit', label: words.edit, run: () => act('edit', item, desk) });
  }
  if (content.kind === 'text') {
    const run = () => void copy(content.body, { said: words.textCopied, desk }).then(done);
    tools.push({ icon: 'copy', label: words.copyText, run });
  }
  if (room?.kind === 'public') {
    const link = permalink(roomPath(room.name), seq);
    tools.push({
      icon: 'link',
      label: words.copyLink,
      run: () => void copy(link, { said: words.linkCopied, desk }).then(done),
    });
  }
  if (item.mine) {
    tools.push({ icon: 'trash', label: words.remove, run: () => act('remove', item, desk) });
  }
  return tools;
}

function canEdit({ mine, content }: Message): boolean {
  return mine && content.kind === 'text';
}

export type Act = 'reply' | 'edit' | 'remove';

/** Nothing when this message does not allow it. */
export function act(what: Act, item: Message, desk: Desk): void {
  if (item.seq === 0 || item.content.kind === 'deleted') {
    return;
  }
  switch (what) {
    case 'reply':
      desk.pointed.value = null;
      return reply(item);
    case 'edit':
      if (canEdit(item)) {
        desk.pointed.value = null;
        edit(item);
      }
      return;
    case 'remove':
      if (item.mine) {
        desk.removing.value = item;
      }
      return;
  }
}

/** Never rejects. */
async function copy(text: string, { said, desk }: { readonly said: string; readonly desk: Desk }): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    desk.say(said);
  } catch {
    desk.say(strings.message.copyFailed);
  }
}

/** Arrows go from tool to tool; Escape goes back to the message. */
function walk(event: KeyboardEvent, done: () => void): void {
  const { currentTarget, target, key } = event;
  if (!(currentTarget instanceof HTMLElement) || !(target instanceof HTMLElement)) {
    return;
  }
  if (key === 'Escape') {
    event.stopPropagation();
    return done();
  }
  const forward = getComputedStyle(currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const step = key === forward ? 1 : key === 'ArrowLeft' || key === 'ArrowRight' ? -1 : 0;
  if (step !== 0) {
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(target as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
}

function leave(bar: HTMLElement | null, desk: Desk): void {
  const inside = bar?.contains(document.activeElement) === true;
  const row = bar?.closest<HTMLElement>('[data-row]');
  desk.pointed.value = null;
  if (inside) {
    row?.focus({ preventScroll: true });
  }
}

export function RemoveDialog({ item, desk }: ToolsProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const words = strings.message;
  const close = () => {
    desk.removing.value = null;
  };
  useModal(dialog, close);
  return (
    <dialog ref={dialog} class="ask" aria-labelledby="ask-remove">
      <h2 id="ask-remove">{words.askRemove}</h2>
      <p>{words.askRemoveText}</p>
      <div class="ask-buttons">
        <button type="button" class="button" onClick={close}>
          {words.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            close();
            void desk.chat.remove(item.seq); // its result turns up in the message
          }}
        >
          {words.remove}
        </button>
      </div>
    </dialog>
  );
}
