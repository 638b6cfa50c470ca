// One message. Rendered again only when the message itself or its place in a group changes.

import { Component } from 'preact';
import type { Chat, Message } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { Icon } from '../icon.tsx';
import { Avatar } from '../people/avatar.tsx';
import { strings } from '../strings.ts';
import { isEmojiOnly, linkify } from './linkify.ts';
import { mapHref } from './map.ts';

interface Props {
  readonly item: Message;
  readonly headed: boolean;
  readonly chat: Chat;
}

export class MessageRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.item !== this.props.item || next.headed !== this.props.headed;
  }

  override render({ item, headed, chat }: Props) {
    const { delivery } = item;
    return (
      <article class={classOf(item, headed)} data-row aria-busy={delivery.kind === 'pending'}>
        {headed && <Avatar nick={item.nick} />}
        <div class={headed ? 'byline' : 'byline folded'}>
          <bdi class="nick">{item.nick}</bdi>{' '}
          <time dateTime={new Date(item.at).toISOString()} title={reader.fullOf(item.at)}>
            {reader.timeOf(item.at)}
          </time>
        </div>
        <Body item={item} chat={chat} />
        {delivery.kind === 'pending' && (
          <span class="sending" title={strings.timeline.sending}>
            <Icon name="clock" />
          </span>
        )}
        {delivery.kind === 'failed' && <Failed item={item} reason={delivery.reason} chat={chat} />}
      </article>
    );
  }
}

function classOf({ mine, delivery }: Message, headed: boolean): string {
  return ['message', headed ? 'headed' : '', mine ? 'mine' : '', delivery.kind].filter((name) => name !== '').join(' ');
}

function Body({ item, chat }: { readonly item: Message; readonly chat: Chat }) {
  const { content } = item;
  if (content.kind === 'location') {
    return (
      <p class="body">
        <a
          class="place"
          href={mapHref(chat.mapUrl.value, content.latitude, content.longitude)}
          target="_blank"
          rel="noopener noreferrer"
        >
          <Icon name="pin" />
          {strings.timeline.location}
        </a>
      </p>
    );
  }
  return (
    <p class={isEmojiOnly(content.body) ? 'body large' : 'body'} dir="auto">
      {linkify(content.body).map((piece) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

function Failed({ item, reason, chat }: { readonly item: Message; readonly reason: string; readonly chat: Chat }) {
  return (
    <div class="failed-note">
      <span>{reason}</span>
      <button type="button" class="text-button" onClick={() => chat.retry(item.key)}>
        {strings.timeline.retry}
      </button>
      <button type="button" class="text-button" onClick={() => chat.discard(item.key)}>
        {strings.timeline.remove}
      </button>
    </div>
  );
}
