// A room that is in no list: it is made here, and its link is what lets others in.

import { useComputed, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { useCopying } from '../copying.ts';
import { Icon } from '../icon.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';

/** As long as a key must be that nobody guesses. */
const KEY_BYTES = 32;

export function PrivateRoom({ chat, close }: { readonly chat: Chat; readonly close: () => void }) {
  const name = useSignal('');
  const made = useSignal(false);
  const problem = useSignal('');
  const field = useId();
  const link = useComputed(() => (made.value ? (chat.room.value?.invitation ?? '') : '')).value;
  const words = strings.directory;
  const create = async () => {
    const wanted = name.peek().trim();
    if (wanted === '') {
      return;
    }
    const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const nick = chat.room.peek()?.nick ?? '';
    const result = await chat.join({ kind: 'private', key, name: wanted }, nick).catch(() => null);
    made.value = result?.ok === true;
    problem.value = result?.ok === true ? '' : result === null ? strings.join.failed : said(result.refusal);
  };
  if (link !== '') {
    return <Link link={link} close={close} />;
  }
  return (
    <form
      class="private-room"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h3>
        <Icon name="lock" />
        {words.private}
      </h3>
      <p>{words.privateWhy}</p>
      <div class="field-row">
        <label class="visually-hidden" for={field}>
          {words.privateName}
        </label>
        <input
          id={field}
          class="wide-field"
          placeholder={words.privateName}
          autocomplete="off"
          dir="auto"
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button">
          {words.privateCreate}
        </button>
      </div>
      {problem.value !== '' && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}

function Link({ link, close }: { readonly link: string; readonly close: () => void }) {
  const { field, copied, copy } = useCopying(link);
  const words = strings.directory;
  return (
    <div class="private-room">
      <h3>
        <Icon name="lock" />
        {words.privateLink}
      </h3>
      <p>{words.privateWhy}</p>
      <div class="field-row">
        <input class="wide-field" ref={field} readOnly value={link} aria-label={words.privateLink} dir="ltr" />
        <button type="button" class="button" onClick={() => void copy()}>
          {copied.value ? words.copied : words.copy}
        </button>
        <button type="button" class="button primary" onClick={close}>
          {strings.page.close}
        </button>
      </div>
    </div>
  );
}
