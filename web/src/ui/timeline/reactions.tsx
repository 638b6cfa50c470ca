// What others felt about a message: one button for each emoji, which adds or takes back one's own.

import type { Message, Reaction } from '../../store/types.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import type { Desk } from './desk.ts';

/** Names said of one emoji; the others are a number. */
const NAMED = 20;
const number = new Intl.NumberFormat();

export function Reactions({ item, desk }: { readonly item: Message; readonly desk: Desk }) {
  return (
    <div class="reactions">
      {item.reactions.map((reaction) => (
        <Chip key={reaction.emoji} reaction={reaction} toggle={() => void toggle(item, reaction, desk)} />
      ))}
    </div>
  );
}

function Chip({ reaction, toggle }: { readonly reaction: Reaction; readonly toggle: () => void }) {
  const { emoji, count, mine, nicks } = reaction;
  const names = strings.message.reactedBy(emoji, nicks.slice(0, NAMED), count - Math.min(NAMED, nicks.length));
  return (
    <button
      type="button"
      class="reaction"
      aria-pressed={mine}
      aria-label={`${count} ${names}`}
      title={names}
      onClick={toggle}
    >
      <span>{emoji}</span>
      <span class="reaction-count">{number.format(count)}</span>
    </button>
  );
}

async function toggle(item: Message, { emoji, mine }: Pick<Reaction, 'emoji' | 'mine'>, desk: Desk): Promise<void> {
  await react(item, emoji, { on: !mine, desk });
}

/** A refusal is said, not shown: the chips are as they were. */
export async function react(
  item: Message,
  emoji: string,
  { on, desk }: { readonly on: boolean; readonly desk: Desk },
): Promise<void> {
  const result = await desk.chat.react(item.seq, emoji, on);
  if (result.kind !== 'sent') {
    desk.say(said(result));
  }
}
