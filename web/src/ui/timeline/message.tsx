// One message. Rendered again only when the message itself or its place in a group changes. What has no state is called
// rather than made a component of its own: there are hundreds of rows, and in a flood a thousand a second.

import { Component } from 'preact';
import type { Amending, Message, Sentence } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { Icon } from '../icon.tsx';
import { MarkupView } from '../markup/markup.tsx';
import { Avatar } from '../people/avatar.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { Bounded, mayBeTall } from './bounded.tsx';
import { type Desk, namesSelf } from './desk.ts';
import { mapHref } from './map.ts';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import { ToolsPlace } from './tools-place.tsx';

interface Props {
  readonly item: Message;
  readonly headed: boolean;
  readonly desk: Desk;
}

export class MessageRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.item !== this.props.item || next.headed !== this.props.headed;
  }

  override render({ item, headed, desk }: Props) {
    const { delivery, amending, reply, edited } = item;
    const named = isForSelf(item, desk);
    const busy = delivery.kind === 'pending' || (amending !== null && amending.failed === null);
    // biome-ignore-start lint/a11y/noNoninteractiveElementToInteractiveRole: the rows of a log are walked through with the arrows.
    return (
      <article class={classOf(item, headed, named)} data-row={item.key} tabIndex={-1} aria-busy={busy}>
        {headed && Avatar(item)}
        <div class={headed ? 'byline' : 'byline folded'}>
          <bdi class="nick">{item.nick}</bdi>{' '}
          <time dateTime={new Date(item.at).toISOString()} title={reader.fullOf(item.at)}>
            {reader.timeOf(item.at)}
          </time>
          {named && (
            <span class="for-self" role="img" aria-label={strings.message.mentionsYou}>
              @
            </span>
          )}
        </div>
        {reply !== null && <Quote reply={reply} desk={desk} />}
        <Body item={item} desk={desk} />
        {edited !== null && item.content.kind === 'text' && (
          <span class="edited" title={strings.message.editedAt(reader.fullOf(edited))}>
            {strings.message.edited}
          </span>
        )}
        {item.reactions.length > 0 && <Reactions item={item} desk={desk} />}
        {busy && (
          <span class="sending" title={amending === null ? strings.timeline.sending : strings.message.saving}>
            <Icon name="clock" />
          </span>
        )}
        {delivery.kind === 'failed' && <Failed item={item} reason={delivery.reason} desk={desk} />}
        {amending !== null && amending.failed !== null && (
          <AmendFailed item={item} amending={amending} reason={amending.failed} desk={desk} />
        )}
        <ToolsPlace item={item} desk={desk} />
      </article>
    );
    // biome-ignore-end lint/a11y/noNoninteractiveElementToInteractiveRole: see above.
  }
}

function isForSelf({ content, mine }: Message, desk: Desk): boolean {
  return content.kind === 'text' && !mine && namesSelf(desk.read(content));
}

function classOf({ mine, delivery, amending }: Message, headed: boolean, named: boolean): string {
  const amended = amending !== null && amending.failed === null;
  return [
    'message',
    headed ? 'headed' : '',
    mine ? 'mine' : '',
    named ? 'named' : '',
    amended ? 'pending' : delivery.kind,
  ]
    .filter((name) => name !== '')
    .join(' ');
}

/** Rendered again only for another content: a reaction must not shut a spoiler that was opened. */
class Body extends Component<{ readonly item: Message; readonly desk: Desk }> {
  override shouldComponentUpdate({ item }: { readonly item: Message }): boolean {
    return item.content !== this.props.item.content || item.nick !== this.props.item.nick;
  }

  override render({ item, desk }: { readonly item: Message; readonly desk: Desk }) {
    const { content } = item;
    switch (content.kind) {
      case 'location':
        return (
          <div class="body">
            <a
              class="place"
              href={mapHref(desk.chat.mapUrl.value, content.latitude, content.longitude)}
              target="_blank"
              rel="noopener noreferrer"
            >
              <Icon name="pin" />
              {strings.timeline.location}
            </a>
          </div>
        );
      case 'deleted':
        return <p class="body deleted">{strings.timeline.deleted}</p>;
      case 'text': {
        const text = MarkupView({ markup: desk.read(content), nick: item.nick });
        return <div class="body">{mayBeTall(content.body) ? <Bounded>{text}</Bounded> : text}</div>;
      }
    }
  }
}

interface FailedProps {
  readonly item: Message;
  readonly reason: Sentence;
  readonly desk: Desk;
}

function Failed({ item, reason, desk: { chat } }: FailedProps) {
  return (
    <div class="failed-note">
      <span>{said(reason)}</span>
      <button type="button" class="text-button" onClick={() => chat.retry(item.key)}>
        {strings.timeline.retry}
      </button>
      <button type="button" class="text-button" onClick={() => chat.discard(item.key)}>
        {strings.timeline.remove}
      </button>
    </div>
  );
}

/** An edit or a deletion that did not take place: what stands is what everybody sees. */
function AmendFailed({ item, amending, reason, desk: { chat } }: FailedProps & { readonly amending: Amending }) {
  const again = () => void (amending.kind === 'edit' ? chat.edit(item.seq, amending.body) : chat.remove(item.seq));
  return (
    <div class="failed-note">
      <span>{said(reason)}</span>
      <button type="button" class="text-button" onClick={again /* its result turns up in the message again */}>
        {strings.timeline.retry}
      </button>
      <button type="button" class="text-button" onClick={() => chat.forgetAmending(item.seq)}>
        {strings.message.dismiss}
      </button>
    </div>
  );
}
