// The message being written, from the first key to the answer of the room.

import { type Signal, signal } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import type { Kept } from '../kept.ts';
import { giveBack, isBlank, keepDraft, lengthOf, recallDraft } from './draft.ts';

export interface Surroundings {
  readonly drafts: Kept;
  readonly room: string;
  /** Tells a screen reader. */
  readonly say: (text: string) => void;
}

export class Writing {
  readonly text: Signal<string>;
  /** Why the last message or location was not taken; empty when nothing is wrong. */
  readonly problem = signal('');

  readonly #chat: Chat;
  readonly #around: Surroundings;
  #givenBack = '';

  constructor(chat: Chat, around: Surroundings) {
    this.#chat = chat;
    this.#around = around;
    this.text = signal(recallDraft(around.drafts, around.room));
  }

  write(text: string): void {
    this.#set(text);
    if (!isBlank(text)) {
      this.#chat.typing();
    }
  }

  /** Hands the text in and empties the field; false when there is nothing that may be sent now. */
  submit(now: number): boolean {
    const text = this.text.peek();
    const throttled = (this.#chat.throttledUntil.peek() ?? 0) > now;
    const tooLong = lengthOf(text, this.#chat.limits.peek().bodyChars).kind === 'over';
    if (isBlank(text) || throttled || tooLong) {
      return false;
    }
    this.problem.value = '';
    this.#givenBack = '';
    this.#set('');
    void this.#send(text);
    return true;
  }

  async #send(text: string): Promise<void> {
    const result = await this.#chat.send({ kind: 'text', body: text });
    if (result.kind === 'refused') {
      const field = giveBack({ text: this.text.peek(), givenBack: this.#givenBack }, text);
      this.#givenBack = field.givenBack;
      this.#set(field.text);
      this.problem.value = result.text;
    } else if (result.kind === 'failed') {
      this.#around.say(result.text);
    }
  }

  #set(text: string): void {
    this.text.value = text;
    keepDraft(this.#around.drafts, this.#around.room, text);
  }
}
