// What the rows of one room share: whom they ask, whom they know, and which of them shows its tools.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Chat, Content, Message } from '../../store/types.ts';
import { astray } from '../destination.ts';
import { namesOf } from '../markup/names.ts';
import type { Block, Inline, Markup, Names } from '../markup/nodes.ts';
import { parse } from '../markup/parse.ts';
import { firstFrom } from './rows.ts';
import type { Scroller } from './scroller.ts';

/** The row that shows its tools; `entered` when the focus is to go into them. */
export interface Pointed {
  readonly key: string;
  readonly entered: boolean;
}

export class Desk {
  readonly chat: Chat;
  readonly scroller: Scroller;
  readonly pointed = signal<Pointed | null>(null);
  /** What draws the tools of each row that is in the document again. */
  readonly places = new Map<string, () => void>();
  /** The message whose deletion is being asked about. */
  readonly removing = signal<Message | null>(null);
  readonly say: (text: string) => void;
  readonly #names: ReadonlySignal<Names>;
  readonly #read = new WeakMap<Content, Markup>();

  constructor(chat: Chat, scroller: Scroller, say: (text: string) => void) {
    this.chat = chat;
    this.scroller = scroller;
    this.say = say;
    let before: string | undefined;
    this.pointed.subscribe((pointed) => {
      for (const key of new Set([before, pointed?.key])) {
        this.places.get(key ?? '')?.();
      }
      before = pointed?.key;
    });
    const members = computed(() => chat.room.value?.members ?? []);
    const own = computed(() => chat.room.value?.nick ?? '');
    this.#names = computed(() =>
      namesOf(
        members.value.map(({ nick }) => nick),
        own.value,
      ),
    );
  }

  /** The text of a message in nodes, read once; names are those of whoever is there then. */
  read(content: Extract<Content, { kind: 'text' }>): Markup {
    const known = this.#read.get(content) ?? parse(content.body, this.#names.peek());
    this.#read.set(content, known);
    return known;
  }

  /** Shows the message with this number, and makes it stand out for a moment. If there is none, it is said to be so. */
  async go(seq: number): Promise<void> {
    astray.value = false;
    const here = this.#find(seq);
    if (here?.seq === seq) {
      this.#show(here);
      return;
    }
    const there = (await this.chat.jump({ seq })) ? this.#find(seq) : null;
    this.#show(there);
    astray.value = there?.seq !== seq;
  }

  /** Shows what was said from that time on; false if there is nothing. */
  async goToTime(at: number): Promise<boolean> {
    const there = await this.chat.jump({ at });
    const first = this.chat.room.peek()?.timeline.find((item) => item.kind === 'message' && item.at >= at);
    if (!there || first?.kind !== 'message') {
      return false;
    }
    this.#show(first);
    return true;
  }

  #find(seq: number): Message | null {
    return firstFrom(this.chat.room.peek()?.timeline ?? [], seq);
  }

  #show(message: Message | null): void {
    if (message !== null) {
      this.scroller.seek(message.key, flash);
    }
  }
}

const FLASHED_MS = 2_000;

function flash(row: HTMLElement): void {
  row.classList.add('flashed');
  setTimeout(() => row.classList.remove('flashed'), FLASHED_MS);
}

/** Whether somebody is spoken to by name who reads this. */
export function namesSelf(markup: Markup): boolean {
  switch (markup.kind) {
    case 'emoji':
      return false;
    case 'action':
      return markup.children.some(inlineNamesSelf);
    case 'blocks':
      return markup.blocks.some(blockNamesSelf);
  }
}

function blockNamesSelf(block: Block): boolean {
  switch (block.kind) {
    case 'text':
      return block.children.some(inlineNamesSelf);
    case 'quote':
      return block.blocks.some(blockNamesSelf);
    case 'list':
      return block.items.some(({ children, inner }) => children.some(inlineNamesSelf) || inner.some(blockNamesSelf));
    case 'code':
      return false;
  }
}

function inlineNamesSelf(node: Inline): boolean {
  switch (node.kind) {
    case 'text':
    case 'code':
    case 'link':
      return false;
    case 'mention':
      return node.self;
    case 'bold':
    case 'italic':
    case 'strike':
    case 'spoiler':
      return node.children.some(inlineNamesSelf);
  }
}
