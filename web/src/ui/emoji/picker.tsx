// The emoji picker: a dialog beside the button that asked for it. One category is drawn at a time, so it needs no window.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import '../styles/emoji.css';
import { Icon } from '../icon.tsx';
import { lasting } from '../kept.ts';
import { openLooseDialog } from '../loose-dialog.ts';
import { coarsePointer, narrow } from '../media.ts';
import { strings } from '../strings.ts';
import { EmojiGrid } from './grid.tsx';
import { besides } from './place.ts';
import { CATEGORIES, type Category, type Emoji, emojiByCharacter, emojiIn, searchEmoji } from './table.ts';
import { inTone, keepRecent, keepTone, recallTone, recentEmoji, TONES, type Tone } from './taste.ts';

/** Enough to choose from; who wants others writes another letter. */
const MOST_FOUND = 64;
/** With fewer that one has used, the usual ones are shown first. */
const WORTH_A_LOOK = 8;

/** Resolves with the character that is picked, or null when the picker is closed without one. */
export function openPicker(anchor: Element): Promise<string | null> {
  return new Promise((resolve) => {
    let picked: string | null = null;
    const draw = (close: () => void) => {
      const pick = (character: string) => {
        picked = character;
        close();
      };
      return <Picker pick={pick} close={close} />;
    };
    const closed = () => resolve(picked);
    const dialog = openLooseDialog({ name: 'emoji-picker', label: strings.emoji.label, draw, closed });
    if (!narrow.peek()) {
      Object.assign(dialog.style, besides(anchor.getBoundingClientRect(), dialog.getBoundingClientRect()));
    }
  });
}

interface Props {
  readonly pick: (character: string) => void;
  readonly close: () => void;
}

type Shelf = 'recent' | Category;

function Picker({ pick, close }: Props) {
  const recent = useMemo(() => recentEmoji(lasting).flatMap((character) => emojiByCharacter(character) ?? []), []);
  const shelf = useSignal<Shelf>(recent.length >= WORTH_A_LOOK ? 'recent' : 'smileys');
  const sought = useSignal('');
  const tone = useSignal(recallTone(lasting));
  const seen = useSignal<Emoji | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const searching = useComputed(() => sought.value.trim() !== '').value;
  const shown = searching
    ? searchEmoji(sought.value, MOST_FOUND)
    : shelf.value === 'recent'
      ? recent
      : emojiIn(shelf.value);
  const choose = (emoji: Emoji, character: string) => {
    keepRecent(lasting, emoji.character);
    pick(character);
  };
  const words = strings.emoji;
  return (
    <>
      <div class="emoji-head">
        <input
          ref={field}
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="done"
          value={sought}
          onInput={(event) => {
            sought.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => fromField(event)}
        />
        <ToneChoice tone={tone} />
        <button type="button" class="button quiet" aria-label={words.close} title={words.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {!searching && <Shelves shelf={shelf} hasRecent={recent.length > 0} />}
      <EmojiGrid
        key={searching ? sought.value : shelf.value}
        label={searching ? words.search : words.categories[shelf.value]}
        emoji={shown}
        columns={coarsePointer.value ? 7 : 8}
        tone={tone.value}
        choose={choose}
        look={(emoji) => {
          seen.value = emoji;
        }}
        leave={() => field.current?.focus()}
      />
      <p class="emoji-name" aria-live="polite">
        {searching && shown.length === 0 ? words.none : nameOf(seen.value)}
      </p>
    </>
  );
}

function nameOf(emoji: Emoji | null): string {
  return emoji === null ? '' : `${emoji.name}  :${emoji.codes[0] ?? ''}:`;
}

/** From the search field one goes down into the grid; Enter takes the first one there. */
function fromField(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.isComposing || (event.key !== 'ArrowDown' && event.key !== 'Enter')) {
    return;
  }
  event.preventDefault();
  const first = event.currentTarget.closest('dialog')?.querySelector<HTMLElement>('.emoji-grid button');
  if (event.key === 'ArrowDown') {
    first?.focus();
  } else {
    first?.click();
  }
}

const HAND = '✋';

function ToneChoice({ tone }: { readonly tone: Signal<Tone> }) {
  const words = strings.emoji;
  return (
    <select
      aria-label={words.tone}
      title={words.tone}
      value={tone.value}
      onChange={(event) => {
        const chosen = Number(event.currentTarget.value);
        tone.value = TONES.find((one) => one === chosen) ?? 0;
        keepTone(lasting, tone.value);
      }}
    >
      {TONES.map((one) => (
        <option key={one} value={one} aria-label={words.tones[one]}>
          {inTone(HAND, one)}
        </option>
      ))}
    </select>
  );
}

const SIGNS: Record<Shelf, string> = {
  recent: '🕘',
  smileys: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍎',
  travel: '🚲',
  activities: '🎉',
  objects: '💡',
  symbols: '❤️',
  flags: '🏁',
};

function Shelves({ shelf, hasRecent }: { readonly shelf: Signal<Shelf>; readonly hasRecent: boolean }) {
  const shelves: readonly Shelf[] = hasRecent ? ['recent', ...CATEGORIES] : CATEGORIES;
  const move = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }) => {
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const by = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    const next = by === undefined ? undefined : shelves.at((shelves.indexOf(shelf.value) + by) % shelves.length);
    if (next !== undefined) {
      event.preventDefault();
      shelf.value = next;
      const buttons = event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]');
      buttons[shelves.indexOf(next)]?.focus();
    }
  };
  return (
    <div class="emoji-shelves" role="tablist" aria-label={strings.emoji.label} onKeyDown={move}>
      {shelves.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          aria-selected={shelf.value === one}
          aria-label={strings.emoji.categories[one]}
          title={strings.emoji.categories[one]}
          tabIndex={shelf.value === one ? 0 : -1}
          onClick={() => {
            shelf.value = one;
          }}
        >
          {SIGNS[one]}
        </button>
      ))}
    </div>
  );
}
