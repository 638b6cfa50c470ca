// What a message answers, above it: one line, and the way there.

import { useEffect } from 'preact/hooks';
import type { Content, Reply } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { excerptOf } from '../markup/plain.ts';
import { strings } from '../strings.ts';
import type { Desk } from './desk.ts';

const EXCERPT_CHARS = 120;

export function Quote({ reply, desk }: { readonly reply: Reply; readonly desk: Desk }) {
  const { seq, target } = reply;
  const unknown = target === null;
  useEffect(() => {
    if (unknown) {
      desk.chat.look(seq);
    }
  }, [unknown, seq, desk]);
  const words = strings.message;
  return (
    <button
      type="button"
      class="quote"
      title={words.goTo}
      onClick={() => void desk.go(seq) /* says itself when there is no way */}
    >
      <Icon name="reply" />
      {target !== null && <bdi class="quote-nick">{target.nick}</bdi>}
      <span class="quote-text" dir="auto">
        {target === null ? words.notAvailable : excerpt(target.content)}
      </span>
    </button>
  );
}

function excerpt(content: Content): string {
  switch (content.kind) {
    case 'text':
      return excerptOf(content.body, EXCERPT_CHARS);
    case 'location':
      return strings.timeline.location;
    case 'deleted':
      return strings.timeline.deleted;
  }
}
