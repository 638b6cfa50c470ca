// What one may want to know of the connection: how it is now, what was measured, and what became of the ones before it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Chat, Connection, Loss, Missing, Move, Trip, Vitals } from '../../store/types.ts';
import { reader, today } from '../clock.ts';
import { BUILD } from '../offline/build.ts';
import { strings } from '../strings.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { graphOf, HEIGHT, WIDTH } from './graph.ts';
import { lasted, lossOf, reasonOf, routeOf } from './moves.ts';

export interface ReportProps {
  readonly chat: Chat;
  /** The state in words. */
  readonly state: string;
}

export function Report({ chat, state }: ReportProps) {
  const vitals = chat.vitals.value;
  return (
    <div class="details-report">
      <dl class="details-now">
        <Now connection={chat.connection.value} state={state} />
        {vitals !== null && <Measured vitals={vitals} />}
      </dl>
      {vitals !== null && <Line trips={vitals.trips} />}
      <Changes moves={chat.moves.value} loss={lossOf(chat.connection.value)} />
      <Copy chat={chat} />
    </div>
  );
}

function Now({ connection, state }: { readonly connection: Connection; readonly state: string }) {
  const words = strings.connection;
  if (connection.kind !== 'live') {
    return <Fact name={words.state}>{state}</Fact>;
  }
  const { transport, rttMs, since } = connection;
  return (
    <>
      <Fact name={words.transport}>{transport}</Fact>
      <Fact name={words.roundTrip}>{rttMs === null ? words.unknown : words.milliseconds(rttMs)}</Fact>
      <Fact name={words.since}>
        <Moment at={since} />
      </Fact>
    </>
  );
}

function Measured({ vitals }: { readonly vitals: Vitals }) {
  const words = strings.connection;
  const { answered, unanswered, resumed, server, protocol, id, missing } = vitals;
  return (
    <>
      {missing !== null && <Fact name={words.missing}>{whyOf(missing)}</Fact>}
      <Fact name={words.answers}>{words.answered(answered, answered + unanswered)}</Fact>
      <Fact name={words.resumed}>{words.times(resumed)}</Fact>
      <Fact name={words.server}>{server || words.unknown}</Fact>
      <Fact name={words.protocol}>{protocol}</Fact>
      <Fact name={words.session}>
        <code>{id}</code>
      </Fact>
    </>
  );
}

/** The browser's own words are English in every language: they come behind ours, for whoever helps. */
function whyOf(missing: Missing): ComponentChildren {
  const sentence = strings.connection.why[missing.kind];
  if (missing.kind !== 'failed') {
    return sentence;
  }
  return (
    <>
      {sentence}
      <bdi class="details-raw" dir="ltr" lang="en">
        {missing.text}
      </bdi>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Line({ trips }: { readonly trips: readonly Trip[] }) {
  const graph = graphOf(trips);
  if (graph === null) {
    return <div class="trips" />; // its place, or all below would move when it comes
  }
  const words = strings.connection;
  const [least, usual, most] = [graph.least, graph.usual, graph.most].map(words.milliseconds) as [
    string,
    string,
    string,
  ];
  const told = words.graph(graph.spanMs, { least, usual, most });
  return (
    <div class="trips">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told} preserveAspectRatio="none">
        <title>{told}</title>
        <path d={graph.path} vector-effect="non-scaling-stroke" />
      </svg>
      <span aria-hidden="true">{most}</span>
    </div>
  );
}

function Changes({ moves, loss }: { readonly moves: readonly Move[]; readonly loss: Loss | null }) {
  const heading = useId();
  return (
    <>
      <h3 id={heading}>{strings.connection.changes}</h3>
      {moves.length === 0 && loss === null ? (
        <p class="details-none">{strings.connection.noChanges}</p>
      ) : (
        // Scrolls, so that the keyboard must get there.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls
        <ol class="moves" aria-labelledby={heading} tabIndex={0}>
          {loss !== null && <Lasting key={loss.since} loss={loss} />}
          {moves.toReversed().map((move) => (
            <Change key={move.at} move={move} />
          ))}
        </ol>
      )}
    </>
  );
}

/** What is not over yet. */
function Lasting({ loss }: { readonly loss: Loss }) {
  return (
    <li class="move lasting">
      <span class="move-reason">{reasonOf(loss)}</span>
      <Moment at={loss.since} />
      <span class="move-route">{strings.connection.lasting(loss.from)}</span>
    </li>
  );
}

function Change({ move }: { readonly move: Move }) {
  const { failures } = move;
  return (
    <li class={move.reason === 'Better' ? 'move better' : 'move'}>
      <span class="move-reason">{reasonOf(move)}</span>
      <Moment at={move.at} />
      <span class="move-route">
        {[routeOf(move), lasted(move), ...(failures > 0 ? [strings.connection.failures(failures)] : [])].join(' · ')}
      </span>
    </li>
  );
}

/** The time, and the day if it is another. */
function Moment({ at }: { readonly at: number }) {
  const day = reader.dayOf(at) === today.value ? '' : `${reader.nameOf(at, today.value)}, `;
  return (
    <time dateTime={new Date(at).toISOString()} title={reader.fullOf(at)}>
      {day + reader.timeOf(at)}
    </time>
  );
}

type Copying = { readonly kind: 'no' | 'done' } | { readonly kind: 'byHand'; readonly text: string };

function Copy({ chat }: { readonly chat: Chat }) {
  const copying = useSignal<Copying>({ kind: 'no' });
  const words = strings.connection;
  const copy = async () => {
    const text = diagnosticsOf(situation(chat));
    try {
      await navigator.clipboard.writeText(text);
      copying.value = { kind: 'done' };
    } catch {
      copying.value = { kind: 'byHand', text };
    }
  };
  const { value } = copying;
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        {words.copy}
      </button>
      {/* Always there, so that what comes into it is read out. */}
      <p class="details-none" role="status">
        {value.kind === 'done' && words.copied}
      </p>
      {value.kind === 'byHand' && (
        <textarea class="details-text" readOnly aria-label={words.copyHere} value={value.text} />
      )}
    </>
  );
}

function situation(chat: Chat) {
  return {
    now: Date.now(),
    build: BUILD,
    browser: navigator.userAgent,
    secure: isSecureContext,
    online: navigator.onLine,
    connection: chat.connection.peek(),
    vitals: chat.vitals.peek(),
    moves: chat.moves.peek(),
  };
}
