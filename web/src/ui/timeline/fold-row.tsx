// Many who came and went, in one line that opens.

import { useSignal } from '@preact/signals';
import { reader } from '../clock.ts';
import { lineSaid } from '../said.ts';
import { strings } from '../strings.ts';
import { type Fold, passing } from './folds.ts';

/** Lines shown of an open fold: nobody reads more, and the document must stay small. */
const MOST_LINES = 100;

export function FoldRow({ item }: { readonly item: Fold }) {
  const open = useSignal(false);
  const { joined, left } = passing(item.lines);
  const words = strings.folded;
  const both = joined > 0 && left > 0;
  const summary = both
    ? words.both(words.joined(joined), words.left(left))
    : joined > 0
      ? words.joined(joined)
      : words.left(left);
  return (
    <div class="server-line" data-row={item.key}>
      <button
        type="button"
        class="text-button fold"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {summary}
      </button>
      {open.value && (
        <ul>
          {item.lines.slice(-MOST_LINES).map((line) => (
            <li key={line.key} dir="auto">
              {lineSaid(line)} <time dateTime={new Date(line.at).toISOString()}>{reader.timeOf(line.at)}</time>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
