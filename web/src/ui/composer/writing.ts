// The message being written in one room, from the first key to the answer of the room: a new one, an answer to another,
// or a change of one's own. While one changes a message, the draft waits, and comes back.

import { type Signal, signal } from '@preact/signals';
import type { Chat, Message, Room } from '../../store/types.ts';
import { type Composing, composing, edit, keepUp, NEW, writeNew } from '../composing.ts';
import { emojiTable, loadEmoji } from '../emoji/load.ts';
import { mayHoldShortcodes, replaceShortcodes } from '../emoji/shortcodes.ts';
import type { Kept } from '../kept.ts';
import { placed } from '../placed.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { type Command, parseLine } from './commands.ts';
import { giveBack, isBlank, keepAnswered, keepDraft, lengthOf, recallAnswered, recallDraft } from './draft.ts';
import { usageOf } from './usage.ts';

export interface Surroundings {
  readonly drafts: Kept;
  /** Its id. */
  readonly room: string;
  /** Tells a screen reader. */
  readonly say: (text: string) => void;
}

/** Does what a command asks for; resolves with the sentence why it did not work, or null. */
export type Perform = (command: Command) => Promise<string | null>;

/** How long a message waits for the table of emoji; then its shortcodes are sent as they are. */
const TABLE_MS = 1_000;

export class Writing {
  readonly text: Signal<string>;
  /** Why the last message, command or location was not taken; empty when nothing is wrong. */
  readonly problem = signal('');
  perform: Perform = () => Promise.resolve(null);

  readonly #chat: Chat;
  readonly #around: Surroundings;
  #givenBack = '';
  /** The text of a new message, as it is kept. */
  #draft: string;
  /** What one was writing when it was last told. */
  #now: Composing = NEW;
  /** The sequence number of what the draft answers, as it is kept; it may not be shown yet. */
  #answered: number | null;
  /** A change that was refused, to begin with when the message is taken up again. */
  #refused: { readonly key: string; readonly body: string } | null = null;
  /** Messages whose shortcodes wait for the table; what comes after them waits too. */
  #waiting: Promise<void> | null = null;

  constructor(chat: Chat, around: Surroundings) {
    this.#chat = chat;
    this.#around = around;
    this.#draft = recallDraft(around.drafts, around.room);
    this.#answered = recallAnswered(around.drafts, around.room);
    this.text = signal(this.#draft);
  }

  write(text: string): void {
    this.#set(text);
    if (this.#edited === null && !isBlank(text) && !/^\/(?!me\s)/u.test(text)) {
      this.#chat.typing();
    }
  }

  /** Another tab has written here. */
  adopt(draft: string): void {
    this.#draft = draft;
    if (this.#edited === null) {
      this.text.value = draft;
    }
  }

  /** What one is writing now: the draft makes room for a message that is to be changed, and comes back. */
  turn(now: Composing): void {
    const before = this.#now;
    this.#now = now;
    if (now.kind === 'reply') {
      this.#answer(now.message.seq);
    } else if (before.kind === 'reply' && this.#isOpen()) {
      this.#answer(null); // otherwise it is not given up: another room is open
    }
    const next = editedIn(now);
    if (next?.seq === editedIn(before)?.seq) {
      return;
    }
    this.problem.value = '';
    this.text.value = next === null ? this.#draft : this.#bodyOf(next);
  }

  /** The room is left: a change is given up, and an answer waits with its draft. */
  rest(): void {
    if (this.#now.kind === 'reply') {
      this.#now = NEW;
    } else {
      this.turn(NEW);
    }
  }

  /** What one answers or changes may be another by now. */
  follow(room: Room | null): void {
    if (room?.id !== this.#around.room) {
      return;
    }
    this.#resume(room);
    const before = this.#edited;
    keepUp(room.timeline);
    const now = composing.peek();
    if (before !== null && now.kind === 'edit' && now.message.content.kind === 'deleted') {
      this.#letGo(before);
    }
  }

  /** The draft goes on as the answer that it was, if what it answers is still there. */
  #resume({ timeline }: Room): void {
    const seq = this.#answered;
    if (seq === null || composing.peek().kind !== 'new') {
      return;
    }
    const message = placed(timeline, seq);
    if (isBlank(this.#draft) || message?.content.kind === 'deleted') {
      this.#answer(null);
    } else if (message !== null) {
      composing.value = { kind: 'reply', message };
    }
  }

  /** The message that one was changing is deleted: what one has made of it stays as a draft. */
  #letGo(before: Message): void {
    const text = this.text.peek();
    writeNew();
    this.turn(composing.peek());
    if (!isBlank(text) && text !== bodyOf(before)) {
      this.#restore(text, strings.composer.editGone);
    } else {
      this.problem.value = strings.composer.editGone;
    }
  }

  /** Takes up one's own last message, if the field is empty and there is one. */
  editLast(): boolean {
    const last = this.#chat.room.peek()?.timeline.findLast((item) => item.kind === 'message' && canEdit(item));
    if (this.text.peek() !== '' || composing.peek().kind !== 'new' || last?.kind !== 'message') {
      return false;
    }
    edit(last);
    return true;
  }

  /** Hands in what is written; false when there is nothing that may be sent now. */
  submit(now: number): boolean {
    const text = this.text.peek();
    const throttled = (this.#chat.throttledUntil.peek() ?? 0) > now;
    const tooLong = lengthOf(text, this.#chat.limits.peek().bodyChars).kind === 'over';
    if (throttled || tooLong) {
      return false;
    }
    return this.#edited === null ? this.#submitNew(text) : this.#submitEdit(this.#edited, text);
  }

  #submitNew(text: string): boolean {
    const line = parseLine(text);
    switch (line.kind) {
      case 'text':
        return this.#submitText(line.body, text);
      case 'command':
        this.#empty();
        void this.#run(line.command, text);
        return false;
      case 'unknown':
        this.problem.value = strings.commands.unknown(line.word);
        return false;
      case 'incomplete':
        this.problem.value = strings.commands.incomplete(usageOf(line.name));
        return false;
    }
  }

  #submitText(body: string, written: string): boolean {
    if (isBlank(body)) {
      return false;
    }
    const now = composing.peek();
    this.#empty();
    this.#answer(null);
    writeNew();
    this.#withEmoji(body, (ready) => void this.#send(ready, { written, as: now }));
    return true;
  }

  #submitEdit(message: Message, text: string): boolean {
    if (isBlank(text)) {
      this.problem.value = strings.composer.emptyEdit;
      return false;
    }
    writeNew();
    this.turn(composing.peek());
    if (changes(message, text)) {
      this.#withEmoji(text, (ready) => void this.#change(message, ready));
    }
    return true;
  }

  async #run(command: Command, written: string): Promise<void> {
    const problem = await this.perform(command);
    if (problem !== null) {
      this.#restore(written, problem);
    }
  }

  async #send(body: string, { written, as }: { readonly written: string; readonly as: Composing }): Promise<void> {
    const reply = as.kind === 'reply' ? as.message.seq : undefined;
    const result = await this.#chat.send({ kind: 'text', body }, reply);
    if (result.kind === 'refused') {
      this.#restore(written, said(result));
      if (as.kind === 'reply' && composing.peek().kind === 'new' && this.#isOpen()) {
        composing.value = as;
        this.follow(this.#chat.room.peek());
      } else if (reply !== undefined && !this.#isOpen()) {
        this.#answer(reply);
      }
    } else if (result.kind === 'failed') {
      this.#around.say(said(result));
    }
  }

  async #change(message: Message, body: string): Promise<void> {
    const result = await this.#chat.edit(message.seq, body);
    if (result.kind === 'refused' && result.code === 'NotThere') {
      this.#restore(body, strings.composer.editGone);
    } else if (result.kind === 'refused') {
      this.#refused = { key: message.key, body };
      if (composing.peek().kind !== 'edit' && this.#isOpen()) {
        edit(message);
        this.turn(composing.peek());
      }
      this.problem.value = said(result);
      this.follow(this.#chat.room.peek());
    } else if (result.kind === 'failed') {
      this.#around.say(said(result));
    }
  }

  #isOpen(): boolean {
    return this.#chat.room.peek()?.id === this.#around.room;
  }

  /** At once if it can be, and never before what was handed in earlier. */
  #withEmoji(text: string, then: (text: string) => void): void {
    const table = emojiTable();
    if (this.#waiting === null && (table !== null || !mayHoldShortcodes(text))) {
      then(table === null ? text : replaceShortcodes(text, table.emojiByCode));
      return;
    }
    const turn = (this.#waiting ?? Promise.resolve()).then(async () => {
      then(await withShortcodes(text));
      if (this.#waiting === turn) {
        this.#waiting = null;
      }
    });
    this.#waiting = turn;
  }

  #restore(text: string, problem: string): void {
    const field = giveBack({ text: this.#draft, givenBack: this.#givenBack }, text);
    this.#givenBack = field.givenBack;
    this.#setDraft(field.text);
    this.problem.value = problem;
  }

  #empty(): void {
    this.problem.value = '';
    this.#givenBack = '';
    this.#setDraft('');
  }

  #set(text: string): void {
    if (this.#edited === null) {
      this.#setDraft(text);
    } else {
      this.text.value = text;
    }
  }

  get #edited(): Message | null {
    return editedIn(this.#now);
  }

  #answer(seq: number | null): void {
    this.#answered = seq;
    keepAnswered(this.#around.drafts, this.#around.room, seq);
  }

  #setDraft(text: string): void {
    this.#draft = text;
    keepDraft(this.#around.drafts, this.#around.room, text);
    if (this.#edited === null) {
      this.text.value = text;
    }
  }

  #bodyOf(message: Message): string {
    const refused = this.#refused;
    this.#refused = null;
    return refused?.key === message.key ? refused.body : bodyOf(message);
  }
}

function canEdit({ mine, content, delivery, seq, amending }: Message): boolean {
  return mine && seq > 0 && content.kind === 'text' && delivery.kind === 'sent' && amending?.kind !== 'delete';
}

/** As it stands, or as one wanted it when that did not take place. */
function bodyOf({ content, amending }: Message): string {
  if (amending?.kind === 'edit' && amending.failed !== null) {
    return amending.body;
  }
  return content.kind === 'text' ? content.body : '';
}

function editedIn(now: Composing): Message | null {
  return now.kind === 'edit' ? now.message : null;
}

/** Also what stands already, if something else was tried in between. */
function changes({ content, amending }: Message, text: string): boolean {
  return content.kind !== 'text' || text !== content.body || (amending?.failed ?? null) !== null;
}

async function withShortcodes(text: string): Promise<string> {
  if (!mayHoldShortcodes(text)) {
    return text;
  }
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), TABLE_MS));
  const table = await Promise.race([loadEmoji().catch(() => null), late]);
  return table === null ? text : replaceShortcodes(text, table.emojiByCode);
}
