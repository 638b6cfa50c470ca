// The search: what was said, in all of one's rooms or one of them. What is found opens where it was said.

import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { SearchError } from '../../store/searching.ts';
import type { Chat, SearchHit } from '../../store/types.ts';
import { Modal } from '../modal.tsx';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { Hits, intoHits } from './hits.tsx';
import { parse } from './query.ts';
import { type Found, furtherStateOf, isStale, sentenceOf, stateOf } from './state.ts';
import '../styles/dialogs.css';
import '../styles/search.css';

interface Props {
  readonly chat: Chat;
  /** What is sought at once, if anything. */
  readonly words: string;
  readonly close: () => void;
  /** Opens a room. */
  readonly go: (id: string) => void;
  readonly say: (text: string) => void;
}

/** The same in every language. */
const OPERATORS = 'from:ann in:lobby after:2026-01-31 before:2026-02-28 "…"';

/** More than that nobody looks through: another word finds it sooner. */
const MOST = 300;

/** Hits and characters of an answer behind which there may be others. */
const FULL = 30;
const LONG = 8_000;

export function Search({ chat, words, close, go, say }: Props) {
  const found = useSignal<Found>({ kind: 'nothing-yet' });
  const typed = useSignal(words);
  const field = useRef<HTMLInputElement>(null);
  const run = useRef(0);
  const live = useComputed(() => isLive(chat));
  const text = strings.search;
  const search = () => {
    run.current += 1;
    const sought = field.current?.value ?? '';
    const parsed = parse(sought, chat.rooms.peek());
    if (parsed.kind === 'problem') {
      found.value = { kind: 'problem', text: sentenceOf(parsed.problem) };
    } else {
      void look(chat, { words: sought, query: parsed.wanted }, isCurrent(run, found));
    }
  };
  useLayoutEffect(() => {
    field.current?.focus();
    // What is still on its way when the panel closes finds nobody.
    return () => {
      run.current += 1;
    };
  }, []);
  useEffect(() => {
    const now = found.peek();
    const { kind } = now;
    // What could not be asked, or was not answered, is asked anew when a connection is there.
    if (kind === 'found' && now.asking) {
      void further(chat, found, run);
    } else if (kind === 'searching' || kind === 'problem' || (kind === 'nothing-yet' && words.trim() !== '')) {
      search();
    }
  }, [live.value]);
  const open = async (hit: SearchHit) => {
    close();
    go(hit.room);
    if (!(await chat.jump({ seq: hit.seq }))) {
      say(text.unreachable);
    }
  };
  return (
    <Modal title={text.title} name="search" close={close}>
      <search>
        <form
          class="field-row"
          onSubmit={(event) => {
            event.preventDefault();
            search();
          }}
        >
          <input
            class="wide-field"
            ref={field}
            type="search"
            aria-label={text.field}
            aria-describedby="search-hint"
            placeholder={text.field}
            defaultValue={words}
            maxLength={200}
            autocomplete="off"
            dir="auto"
            enterkeyhint="search"
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              const isLeaving = event.key === 'Escape' && !event.isComposing;
              if (isLeaving || (event.key === 'ArrowDown' && intoHits(event.currentTarget))) {
                event.preventDefault();
              }
              if (isLeaving) {
                // Of itself, a search field would only be emptied.
                close();
              }
            }}
          />
          <button type="submit" class="button">
            {text.open}
          </button>
        </form>
      </search>
      <p class="search-hint" id="search-hint">
        {text.hint} <bdi dir="ltr">{OPERATORS}</bdi>
      </p>
      <Outcome
        found={found}
        typed={typed}
        live={live}
        more={() => void further(chat, found, run)}
        open={(hit) => void open(hit)}
      />
    </Modal>
  );
}

interface OutcomeProps {
  readonly found: Signal<Found>;
  /** What stands in the field. */
  readonly typed: Signal<string>;
  readonly live: ReadonlySignal<boolean>;
  readonly more: () => void;
  readonly open: (hit: SearchHit) => void;
}

function Outcome({ found, typed, live, more, open }: OutcomeProps) {
  const now = found.value;
  const stale = isStale(now, typed.value);
  const text = strings.search;
  return (
    <>
      <p class={now.kind === 'problem' ? 'visually-hidden' : 'search-state'} role="status">
        {stateOf(now, typed.value, live.value)}
      </p>
      {now.kind === 'problem' && (
        <p class="problem" role="alert">
          {now.text}
        </p>
      )}
      {now.kind === 'found' && <Hits hits={now.hits} query={now.query} stale={stale} open={open} />}
      {now.kind === 'found' && now.more && !stale && (
        <>
          <button type="button" class="button search-more" onClick={more}>
            {text.more}
          </button>
          <p class="search-state" role="status">
            {furtherStateOf(now, live.value)}
          </p>
        </>
      )}
      {now.kind === 'found' && !now.more && now.hits.length >= MOST && <p class="search-state">{text.tooMany}</p>}
    </>
  );
}

type Show = (found: Found) => void;

/** Shows what comes back only while nothing else was asked for. */
function isCurrent(run: { current: number }, found: Signal<Found>): Show {
  const mine = run.current;
  return (next) => {
    if (run.current === mine) {
      found.value = next;
    }
  };
}

async function look(
  chat: Chat,
  asked: Pick<Extract<Found, { kind: 'found' }>, 'words' | 'query'>,
  show: Show,
): Promise<void> {
  show({ kind: 'searching' });
  if (!isLive(chat)) {
    return; // until it is
  }
  try {
    const hits = await chat.search(asked.query);
    show({ kind: 'found', ...asked, hits, more: mayGoOn(hits), asking: false });
  } catch (error) {
    if (isLive(chat)) {
      show({ kind: 'problem', text: reason(error) });
    }
  }
}

function isLive(chat: Chat): boolean {
  return chat.connection.value.kind === 'live';
}

async function further(chat: Chat, found: Signal<Found>, run: { current: number }): Promise<void> {
  const before = found.peek();
  const last = before.kind === 'found' ? before.hits.at(-1) : undefined;
  if (before.kind !== 'found' || last === undefined) {
    return;
  }
  run.current += 1;
  const show = isCurrent(run, found);
  show({ ...before, asking: true });
  if (!isLive(chat)) {
    return; // until it is
  }
  try {
    const next = await chat.search({ ...before.query, below: last });
    const hits = [...before.hits, ...next].slice(0, MOST);
    show({ ...before, hits, more: mayGoOn(next) && hits.length < MOST, asking: false });
  } catch (error) {
    if (isLive(chat)) {
      show({ kind: 'problem', text: reason(error) });
    }
  }
}

/** An answer holds so many hits, or so many characters, unless these were the last ones. */
function mayGoOn(hits: readonly SearchHit[]): boolean {
  const lengths = hits.map(({ content }) => (content.kind === 'text' ? content.body.length : 0));
  return hits.length >= FULL || lengths.reduce((sum, length) => sum + length, 0) >= LONG;
}

function reason(error: unknown): string {
  return error instanceof SearchError ? said(error.why) : strings.search.failed;
}
