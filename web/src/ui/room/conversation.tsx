// The open room: header, messages, composer.

import { useLayoutEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Composer } from '../composer/composer.tsx';
import { hour12 } from '../hours.ts';
import { locale } from '../strings/language.ts';
import { Timeline, ToEnd } from '../timeline/timeline.tsx';
import { actsOf } from './acts.ts';
import { AstrayBar } from './astray.tsx';
import { TroubleBanner } from './banner.tsx';
import type { Furniture } from './furniture.ts';
import { Header } from './header.tsx';
import { PartingBar } from './parting.tsx';
import { VersionBar } from './version.tsx';
import { watchRoom } from './watch.ts';

interface Props {
  readonly chat: Chat;
  readonly furniture: Furniture;
  readonly leave: () => void;
}

export function Conversation({ chat, furniture: { feed, scroller, writing }, leave }: Props) {
  useLayoutEffect(() => watchRoom(chat, feed, scroller), [chat, feed, scroller]);
  const say = (text: string) => feed.say(text);
  const jump = () => scroller.toEnd();
  const sent = () => {
    feed.answered();
    jump();
  };
  const complain = (text: string) => {
    writing.problem.value = text;
  };
  return (
    <div class="conversation">
      <Header chat={chat} leave={leave} say={say} complain={complain} />
      <main class="talk">
        <VersionBar />
        <PartingBar chat={chat} />
        <AstrayBar />
        <TroubleBanner chat={chat} say={say} />
        <div class="timeline-frame" data-region>
          {/* Rows are drawn once for all: another language or another way to tell the time needs other rows. */}
          <Timeline key={`${locale.value} ${hour12.value}`} chat={chat} feed={feed} scroller={scroller} />
          <ToEnd
            feed={feed}
            scroller={scroller}
            jump={() => {
              jump();
              document.getElementById('message')?.focus();
            }}
          />
        </div>
        <div data-region>
          <Composer chat={chat} writing={writing} acts={actsOf(chat, leave)} sent={sent} jump={jump} />
        </div>
      </main>
      <div class="visually-hidden" aria-live="polite">
        {feed.announcement}
      </div>
    </div>
  );
}
