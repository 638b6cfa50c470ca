// The emoji of one category, or those found: one tab stop, arrows within.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { step } from './steps.ts';
import type { Emoji } from './table.ts';
import { inTone, type Tone } from './taste.ts';

interface Props {
  readonly label: string;
  readonly emoji: readonly Emoji[];
  readonly columns: number;
  readonly tone: Tone;
  readonly choose: (emoji: Emoji, character: string) => void;
  /** The one that is pointed at or has the focus. */
  readonly look: (emoji: Emoji) => void;
  /** Up from the first row. */
  readonly leave: () => void;
}

export function EmojiGrid({ label, emoji, columns, tone, choose, look, leave }: Props) {
  const at = useSignal(0);
  const grid = useRef<HTMLTableElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const rtl = grid.current !== null && getComputedStyle(grid.current).direction === 'rtl';
    const next = step(event.key, at.peek(), { count: emoji.length, columns, rtl });
    if (next === null) {
      if ([...event.key].length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
        leave();
      }
      return;
    }
    event.preventDefault();
    if (next < 0) {
      leave();
      return;
    }
    at.value = next;
    grid.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="emoji-scroll">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern, on what has rows and cells */}
      <table ref={grid} class="emoji-grid" role="grid" aria-label={label} onKeyDown={onKeyDown}>
        <tbody>
          {rows(emoji, columns).map((row, y) => (
            <tr key={row[0]?.character}>
              {row.map((one, x) => (
                <Cell
                  key={one.character}
                  emoji={one}
                  tone={tone}
                  current={at.value === y * columns + x}
                  choose={choose}
                  look={() => {
                    at.value = y * columns + x;
                    look(one);
                  }}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps extends Pick<Props, 'tone' | 'choose'> {
  readonly emoji: Emoji;
  readonly current: boolean;
  readonly look: () => void;
}

function Cell({ emoji, tone, current, choose, look }: CellProps) {
  const character = emoji.toned ? inTone(emoji.character, tone) : emoji.character;
  return (
    <td>
      <button
        type="button"
        aria-label={emoji.name}
        tabIndex={current ? 0 : -1}
        onClick={() => choose(emoji, character)}
        onFocus={look}
        onPointerEnter={look}
      >
        {character}
      </button>
    </td>
  );
}

function rows(emoji: readonly Emoji[], columns: number): (readonly Emoji[])[] {
  return Array.from({ length: Math.ceil(emoji.length / columns) }, (_, y) =>
    emoji.slice(y * columns, (y + 1) * columns),
  );
}
