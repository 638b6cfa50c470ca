// Light, dark, or what the system says; how large the text is and how close the rows. `public/theme.js` sets the same
// attributes before the first paint.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { lasting } from './kept.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type TextSize = 'small' | 'normal' | 'large' | 'huge';
export type Density = 'cosy' | 'compact';

/** A choice among a few, kept as an attribute of the page unless it is the usual one. */
export class Look<T extends string> {
  readonly choices: readonly T[];
  readonly #name: string;
  readonly #usual: T;
  readonly #chosen: Signal<T>;

  constructor(name: string, choices: readonly T[], usual: T) {
    this.choices = choices;
    this.#name = name;
    this.#usual = usual;
    const kept = lasting.recall(this.#key);
    this.#chosen = signal(choices.find((choice) => choice === kept) ?? usual);
  }

  get chosen(): ReadonlySignal<T> {
    return this.#chosen;
  }

  choose(choice: T): void {
    const usual = choice === this.#usual;
    this.#chosen.value = choice;
    lasting.keep(this.#key, usual ? null : choice);
    if (usual) {
      delete document.documentElement.dataset[this.#name];
    } else {
      document.documentElement.dataset[this.#name] = choice;
    }
  }

  get #key(): string {
    return `chinwag.${this.#name}`;
  }
}

export const theme = new Look<Theme>('theme', ['auto', 'light', 'dark'], 'auto');
export const textSize = new Look<TextSize>('text', ['small', 'normal', 'large', 'huge'], 'normal');
export const density = new Look<Density>('density', ['cosy', 'compact'], 'cosy');
