// From the wish to send one's place to its being sent: found, looked at, sent as exactly as one likes.

import { computed, type Signal, signal } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { type Found, findPosition } from './position.ts';

export type Place = Extract<Found, { ok: true }>;

type Stage =
  | { readonly kind: 'idle' | 'seeking' | 'sending' }
  /** Waits for a word of the person. */
  | { readonly kind: 'found'; readonly place: Place };

interface Around {
  readonly chat: Chat;
  /** Says what did not work. */
  readonly complain: (text: string) => void;
  /** Called when a place is handed in. */
  readonly sent: () => void;
}

export class Locating {
  readonly stage: Signal<Stage> = signal<Stage>({ kind: 'idle' });
  readonly busy = computed(() => this.stage.value.kind !== 'idle');
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Always comes back to `idle` or to a place that is found. */
  async seek(): Promise<void> {
    if (this.busy.peek()) {
      return;
    }
    this.#around.complain('');
    this.stage.value = { kind: 'seeking' };
    const found = await findPosition(navigator.geolocation);
    if (this.stage.peek().kind !== 'seeking') {
      return;
    }
    this.stage.value = found.ok ? { kind: 'found', place: found } : { kind: 'idle' };
    if (!found.ok) {
      this.#around.complain(found.text);
    }
  }

  cancel(): void {
    this.stage.value = { kind: 'idle' };
  }

  async send(place: Place): Promise<void> {
    this.stage.value = { kind: 'sending' };
    this.#around.sent();
    const { latitude, longitude } = place;
    try {
      const result = await this.#around.chat.send({ kind: 'location', latitude, longitude });
      if (result.kind === 'refused') {
        this.#around.complain(said(result));
      }
    } catch {
      this.#around.complain(strings.location.unavailable);
    } finally {
      this.stage.value = { kind: 'idle' };
    }
  }
}

/** Hundredths of a degree: about a kilometre. */
const ROUGH = 100;

export function roughly({ latitude, longitude }: Place): Place {
  return { ok: true, latitude: rounded(latitude), longitude: rounded(longitude) };
}

function rounded(degrees: number): number {
  return Math.round(degrees * ROUGH) / ROUGH;
}
