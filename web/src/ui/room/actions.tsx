// What one can do with the room itself: share it, change the light, leave.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import { theme, turnTheme } from '../theme.ts';

interface Props {
  readonly leave: () => void;
  readonly say: (text: string) => void;
  /** Shows what did not work. */
  readonly complain: (text: string) => void;
}

export function RoomActions({ leave, say, complain }: Props) {
  const words = strings.room;
  const themeWord = words.theme[theme.value];
  return (
    <div class="actions">
      <ShareButton say={say} complain={complain} />
      <button type="button" class="button quiet" aria-label={themeWord} title={themeWord} onClick={turnTheme}>
        <Icon name={theme.value} />
      </button>
      <button type="button" class="button quiet leave" onClick={leave}>
        <Icon name="leave" />
        {words.leave}
      </button>
    </div>
  );
}

/** How long the button says that the link is copied. */
const DONE_MS = 2_000;

function ShareButton({ say, complain }: Pick<Props, 'say' | 'complain'>) {
  const done = useSignal(false);
  const words = strings.room;
  useEffect(() => {
    const timer = setTimeout(() => {
      done.value = false;
    }, DONE_MS);
    return () => clearTimeout(timer);
  }, [done.value, done]);
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      done.value = true;
      say(words.shared);
    } catch {
      complain(words.shareFailed(location.href));
    }
  };
  return (
    <button type="button" class="button quiet share" onClick={() => void share()}>
      <Icon name={done.value ? 'check' : 'link'} />
      {done.value ? words.shared : words.share}
    </button>
  );
}
