// The button that finds one's place, and the card on which one looks at it before anybody else does.

import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import { mapHref } from '../timeline/map.ts';
import { type Locating, type Place, roughly } from './locating.ts';

export function LocationButton({ locating }: { readonly locating: Locating }) {
  const button = useRef<HTMLButtonElement>(null);
  const busy = locating.busy.value;
  const seeking = locating.stage.value.kind !== 'found';
  const wasBusy = useRef(busy);
  useLayoutEffect(() => {
    if (wasBusy.current && !busy && document.activeElement === document.body) {
      // A button that was disabled has lost the focus; it gets it back unless the person went elsewhere.
      button.current?.focus();
    }
    wasBusy.current = busy;
  }, [busy]);
  return (
    <button
      type="button"
      ref={button}
      class="button quiet locate"
      aria-label={strings.composer.location}
      title={strings.composer.location}
      disabled={busy}
      aria-busy={busy}
      onClick={() => void locating.seek()}
    >
      {busy && seeking ? <span class="spinner" /> : <Icon name="pin" />}
    </button>
  );
}

interface CardProps {
  readonly chat: Chat;
  readonly locating: Locating;
}

export function PlaceCard({ chat, locating }: CardProps) {
  const stage = locating.stage.value;
  return stage.kind === 'found' ? <Card chat={chat} locating={locating} exact={stage.place} /> : null;
}

function Card({ chat, locating, exact }: CardProps & { readonly exact: Place }) {
  const words = strings.location;
  const title = useId();
  const go = useRef<HTMLButtonElement>(null);
  const rough = useSignal(false);
  const place = rough.value ? roughly(exact) : exact;
  useLayoutEffect(() => go.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      locating.cancel();
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be read with each of its parts
    <div class="place-card" role="group" aria-labelledby={title} onKeyDown={onKeyDown}>
      <p id={title} class="place-title">
        {words.title}
      </p>
      <p class="place-at">
        <bdi dir="ltr">{coordinates(place)}</bdi>{' '}
        <a href={mapHref(chat.mapUrl.value, place.latitude, place.longitude)} target="_blank" rel="noopener noreferrer">
          {words.see}
        </a>
      </p>
      <fieldset>
        <legend>{words.exactness}</legend>
        <Exactness rough={rough} of={false} label={words.precise} />
        <Exactness rough={rough} of={true} label={words.approximate} />
      </fieldset>
      <p class="place-buttons">
        <button type="button" ref={go} class="button primary" onClick={() => void locating.send(place)}>
          {words.send}
        </button>
        <button type="button" class="button" onClick={() => locating.cancel()}>
          {words.cancel}
        </button>
      </p>
    </div>
  );
}

interface ExactnessProps {
  readonly rough: { value: boolean };
  readonly of: boolean;
  readonly label: string;
}

function Exactness({ rough, of, label }: ExactnessProps) {
  return (
    <label>
      <input
        type="radio"
        name="exactness"
        checked={rough.value === of}
        onChange={() => {
          rough.value = of;
        }}
      />
      {label}
    </label>
  );
}

const MOST_DIGITS = 5;

function coordinates({ latitude, longitude }: Place): string {
  return [latitude, longitude].map((degrees) => Number(degrees.toFixed(MOST_DIGITS))).join(', ');
}
