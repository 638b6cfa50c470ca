// The list of suggestions under way: what is offered, which one is marked, what choosing it writes. It opens when
// something is written, never because the caret passes by.

import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { emojiTable, loadEmoji } from '../emoji/load.ts';
import { ALONE, COMMANDS, type CommandName } from './commands.ts';
import { isWhole, peopleFor } from './people.ts';
import { type Sought, soughtAt } from './sought.ts';

/** One line of the list. */
export type Choice =
  | { readonly kind: 'person'; readonly nick: string; readonly away: boolean }
  | { readonly kind: 'emoji'; readonly character: string; readonly code: string }
  | { readonly kind: 'command'; readonly name: CommandName };

/** Replaces what stands between two places of the text. */
export interface Insertion {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

const MOST = 8;

export class Completing {
  readonly choices: ReadonlySignal<readonly Choice[]>;
  readonly at = signal(0);
  readonly #choices = signal<readonly Choice[]>([]);
  readonly #chat: Chat;
  #sought: Sought | null = null;
  #caret = 0;
  /** The sign at which Escape was pressed: that one stays quiet. */
  #dismissed = -1;
  /** Whether an arrow has been pressed: then Enter means the list. */
  #steered = false;

  constructor(chat: Chat) {
    this.#chat = chat;
    this.choices = computed(() => this.#choices.value);
  }

  /** After something was written. */
  written(text: string, caret: number): void {
    const sought = soughtAt(text, caret);
    if (sought?.from !== this.#dismissed) {
      this.#dismissed = -1;
    }
    this.#look(sought?.from === this.#dismissed ? null : sought, caret);
  }

  /** After the caret was moved. */
  moved(text: string, caret: number): void {
    if (this.#choices.peek().length > 0 && caret !== this.#caret) {
      this.written(text, caret);
    }
  }

  close(): void {
    this.#look(null, 0);
  }

  dismiss(): void {
    this.#dismissed = this.#sought?.from ?? -1;
    this.close();
  }

  step(by: 1 | -1): void {
    const { length } = this.#choices.peek();
    this.#steered = true;
    this.at.value = (this.at.peek() + by + length) % length;
  }

  /** Whether Enter chooses: not when what is written is whole already and nobody went into the list. */
  wantsEnter(): boolean {
    const first = this.#choices.peek()[0];
    return first !== undefined && (this.#steered || !this.#isWhole(first));
  }

  /** What choosing the marked one, or another one, writes. */
  chosen(at = this.at.peek()): Insertion | null {
    const choice = this.#choices.peek()[at];
    const sought = this.#sought;
    return choice === undefined || sought === null
      ? null
      : { from: sought.from, to: this.#caret, insert: writtenAs(choice, sought) };
  }

  #isWhole(choice: Choice): boolean {
    const typed = this.#sought?.typed ?? '';
    switch (choice.kind) {
      case 'person':
        return isWhole(typed, choice.nick);
      case 'command':
        return typed.toLowerCase() === choice.name;
      case 'emoji':
        return false;
    }
  }

  #look(sought: Sought | null, caret: number): void {
    this.#sought = sought;
    this.#caret = caret;
    this.#steered = false;
    batch(() => {
      this.at.value = 0;
      this.#choices.value = sought === null ? [] : this.#found(sought);
    });
  }

  #found(sought: Sought): readonly Choice[] {
    switch (sought.kind) {
      case 'person':
      case 'addressee': {
        const room = this.#chat.room.peek();
        const members = room === null ? [] : peopleFor(sought.typed, room, MOST);
        return members.map(({ nick, away }) => ({ kind: 'person', nick, away }));
      }
      case 'command':
        return COMMANDS.filter((name) => name.startsWith(sought.typed.toLowerCase())).map((name) => {
          return { kind: 'command', name };
        });
      case 'emoji':
        return this.#emoji(sought);
    }
  }

  #emoji(sought: Sought): readonly Choice[] {
    const table = emojiTable();
    if (table === null) {
      void this.#whenLoaded(sought);
      return [];
    }
    return table.searchEmoji(sought.typed, MOST).map(({ character, codes }) => {
      return { kind: 'emoji', character, code: codes[0] ?? '' };
    });
  }

  async #whenLoaded(sought: Sought): Promise<void> {
    try {
      await loadEmoji();
    } catch {
      // Without the table there is nothing to offer; writing goes on.
      return;
    }
    if (this.#sought === sought) {
      this.#look(sought, this.#caret);
    }
  }
}

function writtenAs(choice: Choice, sought: Sought): string {
  switch (choice.kind) {
    case 'person':
      return `${sought.kind === 'person' ? '@' : ''}${choice.nick} `;
    case 'emoji':
      return `${choice.character} `;
    case 'command':
      return ALONE.has(choice.name) ? `/${choice.name}` : `/${choice.name} `;
  }
}
