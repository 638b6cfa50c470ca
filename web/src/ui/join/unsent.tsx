// Below the join form: what was written earlier and waits for its room to be opened. Silent if there is nothing.

import { effect } from '@preact/signals';
import type { Chat, Unsent } from '../../store/types.ts';
import { strings } from '../strings.ts';

interface Props {
  readonly chat: Chat;
  readonly go: (unsent: Unsent) => void;
}

export function UnsentMessages({ chat, go }: Props) {
  const words = strings.join.unsent;
  if (chat.unsent.value.length === 0) {
    return null;
  }
  return (
    <ul class="unsent" aria-label={words.label}>
      {chat.unsent.value.map((unsent) => (
        <li key={`${unsent.room}\n${unsent.nick}`}>
          <p>{words.text(unsent.count, unsent.room, unsent.nick)}</p>
          <button type="button" class="text-button" onClick={() => go(unsent)}>
            {words.go}
          </button>
          <button type="button" class="text-button" onClick={() => void chat.discardUnsent(unsent)}>
            {words.discard}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Runs once if something waits for just this room and name. Returns how to take that back. */
export function whenUnsent(chat: Chat, { room, nick }: Pick<Unsent, 'room' | 'nick'>, run: () => void): () => void {
  let found = false;
  return effect(() => {
    const waits = chat.unsent.value.some((unsent) => unsent.room === room && unsent.nick === nick);
    if (waits && !found) {
      found = true;
      run();
    }
  });
}
