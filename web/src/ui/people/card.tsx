// About one person: where they are, and what one can do with them.

import { useComputed } from '@preact/signals';
import type { Chat, Member } from '../../store/types.ts';
import { reader, today } from '../clock.ts';
import { Icon, type IconName } from '../icon.tsx';
import { Popover } from '../popover.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { Avatar } from './avatar.tsx';
import { card, hideCard, type Shown } from './card-state.ts';
import { presenceOf, presenceSaid } from './presence.ts';
import { lastSeen } from './seen.ts';

interface Props {
  readonly chat: Chat;
  readonly mention: (nick: string) => void;
  readonly complain: (text: string) => void;
}

export function PersonCard(props: Props) {
  const shown = card.value;
  if (shown === null) {
    return null;
  }
  return (
    <Popover anchor={shown.anchor} label={strings.people.card(shown.nick)} kind="dialog" close={hideCard}>
      <About {...props} shown={shown} />
    </Popover>
  );
}

function About({ chat, shown: { nick }, mention, complain }: Props & { readonly shown: Shown }) {
  const member = useComputed(() => chat.room.value?.members.find((one) => one.nick === nick)).value;
  const mine = useComputed(() => chat.room.value?.nick === nick).value;
  const ignored = chat.ignored.value.has(nick.toLowerCase());
  const words = strings.people;
  const message = (to: Member) =>
    void chat.message(to).then((result) => {
      if (!result.ok) {
        complain(said(result.refusal));
      }
    });
  return (
    <div class="card">
      <div class="card-head">
        <Avatar nick={nick} />
        <div>
          <bdi class="card-name">{nick}</bdi>
          <p class="card-state">{stateOf(chat, nick, member)}</p>
        </div>
      </div>
      {ignored && <p class="card-note">{words.ignored}</p>}
      {!mine && (
        <div class="card-actions">
          <Act icon="at" word={words.mention} run={() => mention(nick)} />
          {member !== undefined && <Act icon="talk" word={words.message} run={() => message(member)} />}
          <Act
            icon={ignored ? 'eye' : 'mute'}
            word={ignored ? words.heed : words.ignore}
            run={() => chat.ignore(nick, !ignored)}
          />
        </div>
      )}
    </div>
  );
}

function Act({ icon, word, run }: { readonly icon: IconName; readonly word: string; readonly run: () => void }) {
  const act = () => {
    hideCard();
    run();
  };
  return (
    <button type="button" class="button" onClick={act}>
      <Icon name={icon} />
      {word}
    </button>
  );
}

function stateOf(chat: Chat, nick: string, member: Member | undefined): string {
  const words = strings.people;
  if (member !== undefined) {
    return presenceSaid(presenceOf(member, chat.connection.value));
  }
  const at = lastSeen(chat.room.value?.timeline ?? [], nick);
  const when = (seen: number) => `${reader.nameOf(seen, today.value)}, ${reader.timeOf(seen)}`;
  return at === null ? words.gone : words.lastSeen(when(at));
}
