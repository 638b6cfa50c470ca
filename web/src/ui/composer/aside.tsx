// What stands over the field while one answers a message or changes one.

import type { Message } from '../../store/types.ts';
import { composing, writeNew } from '../composing.ts';
import { Icon } from '../icon.tsx';
import { excerptOf } from '../markup/plain.ts';
import { strings } from '../strings.ts';

/** `back`: after it is given up, the field goes on. */
export function Aside({ back }: { readonly back: () => void }) {
  const now = composing.value;
  if (now.kind === 'new') {
    return null;
  }
  const words = strings.composer;
  const cancel = () => {
    writeNew();
    back();
  };
  return (
    <div class="composer-aside" id="composer-aside">
      <Icon name={now.kind === 'reply' ? 'reply' : 'edit'} />
      <p>
        <span class="aside-title">{now.kind === 'reply' ? words.replying(now.message.nick) : words.editing}</span>{' '}
        {now.kind === 'reply' && <bdi class="aside-quote">{excerpt(now.message)}</bdi>}
      </p>
      <button type="button" class="button quiet" aria-label={words.cancel} title={words.cancel} onClick={cancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}

/** More than fits on any line. */
const MOST = 200;

function excerpt({ content }: Message): string {
  switch (content.kind) {
    case 'text':
      return excerptOf(content.body, MOST);
    case 'location':
      return strings.timeline.location;
    case 'deleted':
      return strings.timeline.deleted;
  }
}
