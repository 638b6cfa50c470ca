// What was found: the newest first, room by room where there are several. Texts are shown as texts.

import { useRef } from 'preact/hooks';
import type { SearchHit, SearchQuery } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { piecesOf, textOf } from './marks.ts';

interface Props {
  readonly hits: readonly SearchHit[];
  readonly query: SearchQuery;
  /** Other words stand in the field by now. */
  readonly stale: boolean;
  readonly open: (hit: SearchHit) => void;
}

export function Hits({ hits, query, stale, open }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && step(list.current, by)) {
      event.preventDefault();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the hits are buttons; arrows lead from one to the next.
    <div class={stale ? 'hits stale' : 'hits'} ref={list} onKeyDown={onKey}>
      {grouped(hits).map(({ room, name, hits: inside }) => (
        <section key={room} aria-label={name}>
          <h3 dir="auto">{name}</h3>
          <ul>
            {inside.map((hit) => (
              <li key={hit.seq}>
                <Hit hit={hit} sought={query.text} open={open} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Hit({
  hit,
  sought,
  open,
}: {
  readonly hit: SearchHit;
  readonly sought: string;
  readonly open: Props['open'];
}) {
  return (
    <button type="button" class="hit" onClick={() => open(hit)}>
      <span class="hit-head">
        <bdi class="hit-nick">{hit.nick}</bdi>
        <time dateTime={new Date(hit.at).toISOString()}>{reader.fullOf(hit.at)}</time>
      </span>
      <span class="hit-text" dir="auto">
        {piecesOf(textOf(hit), sought).map((piece, i) => (piece.hit ? <mark key={i}>{piece.text}</mark> : piece.text))}
      </span>
    </button>
  );
}

interface Group {
  readonly room: string;
  readonly name: string;
  readonly hits: SearchHit[];
}

/** Rooms in the order of their newest hits. */
function grouped(hits: readonly SearchHit[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const hit of hits) {
    const group = groups.get(hit.room) ?? { room: hit.room, name: hit.roomName, hits: [] };
    group.hits.push(hit);
    groups.set(hit.room, group);
  }
  return [...groups.values()];
}

/** From the field down to the first hit; whether there is one. */
export function intoHits(field: HTMLElement): boolean {
  const first = field.closest('dialog')?.querySelector<HTMLElement>('.hit');
  first?.focus();
  return first !== undefined && first !== null;
}

/** To the next hit; before the first one the field is. */
function step(list: HTMLElement | null, by: number): boolean {
  const hits = [...(list?.querySelectorAll<HTMLElement>('.hit') ?? [])];
  const at = hits.findIndex((hit) => hit.matches(':focus')) + by;
  const next = at < 0 ? list?.closest('dialog')?.querySelector('input') : hits[at];
  next?.focus();
  return next !== undefined && next !== null;
}
