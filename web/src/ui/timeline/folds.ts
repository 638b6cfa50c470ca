// Who came and went, folded into one line: a busy door must not drown what is said.

import type { ServerLine, TimelineItem } from '../../store/types.ts';

export interface Fold {
  readonly kind: 'fold';
  readonly key: string;
  /** Of the first line. */
  readonly at: number;
  readonly lines: readonly ServerLine[];
}

export type Shown = TimelineItem | Fold;

/** As many lines in a row, of one day, become one. */
export const FOLDED_FROM = 4;

export function fold(items: readonly TimelineItem[], dayOf: (at: number) => string): readonly Shown[] {
  const shown: Shown[] = [];
  let run: ServerLine[] = [];
  const end = () => {
    const first = run[0];
    if (first !== undefined && run.length >= FOLDED_FROM) {
      shown.push({ kind: 'fold', key: `fold ${first.key}`, at: first.at, lines: run });
    } else {
      shown.push(...run);
    }
    run = [];
  };
  for (const item of items) {
    const goesOn = isPassing(item) && (run[0] === undefined || dayOf(run[0].at) === dayOf(item.at));
    if (!goesOn && run.length > 0) {
      end();
    }
    if (isPassing(item)) {
      run.push(item);
    } else {
      shown.push(item);
    }
  }
  end();
  return shown;
}

/** How many different people came, and how many went. */
export function passing(lines: readonly ServerLine[]): { readonly joined: number; readonly left: number } {
  const nicks = { joined: new Set<string>(), left: new Set<string>() };
  for (const { event } of lines) {
    if (event.kind === 'joined' || event.kind === 'left') {
      nicks[event.kind].add(event.nick);
    }
  }
  return { joined: nicks.joined.size, left: nicks.left.size };
}

function isPassing(item: TimelineItem): item is ServerLine {
  return item.kind === 'line' && (item.event.kind === 'joined' || item.event.kind === 'left');
}
