// What one says in a room, from writing to settling: the outbox with what is told of it. Messages, edits, deletions,
// reactions and topics are all numbered commands, and all alike here.

import type { Content, Entry, Joined, Refusal } from '../wire/protocol.ts';
import { type Item, Outbox } from './outbox.ts';
import { refusalOf, sentenceFor } from './refusals.ts';
import type { SavedRoom, Told } from './room-events.ts';
import type { RoomOut } from './room-out.ts';
import { Saves } from './saves.ts';
import { type Sentence, sentenceIn } from './sentence.ts';

const NO_ANSWER: Sentence = { code: 'NoAnswer', text: 'No answer from the server.' };
const NOT_KEPT: Sentence = {
  code: 'NotKept',
  text: 'This browser cannot keep what is not sent yet: if the page closes before it is, it is lost.',
};

export class Sending {
  readonly #outbox: Outbox;
  readonly #saves = new Saves();
  readonly #out: RoomOut;

  constructor(saved: SavedRoom, out: RoomOut) {
    this.#outbox = new Outbox(saved.items, { seat: saved.seat, epoch: saved.epoch });
    this.#out = out;
  }

  /** Tells of what was kept over a reload. */
  restore(): void {
    for (const item of this.#outbox.refused) {
      this.#tellWritten(item);
      const { id, content, refused, code } = item;
      this.#out.tell({ kind: 'refused', id, content, text: refused ?? '', code });
    }
    for (const item of this.#outbox.items.filter((item) => !item.discarded)) {
      this.#tellWritten(item);
    }
  }

  /** Whether there is something that the server has not taken. */
  get hasUnsent(): boolean {
    return this.#outbox.refused.length > 0 || this.#outbox.items.some((item) => !item.discarded);
  }

  /** Nothing is to be sent or answered. */
  get settled(): boolean {
    return this.#outbox.items.length === 0;
  }

  write(id: string, content: Content, at: number): void {
    this.#outbox.add(id, content, at);
    this.#out.tell({ kind: 'written', id, content, at });
  }

  /** See `RoomMachine.kept`. */
  kept(save: number, safely: boolean, now: number): void {
    if (this.#saves.done(save, safely)) {
      this.#out.tell({ kind: 'notice', at: this.#outbox.items.at(-1)?.at ?? now, ...NOT_KEPT });
    }
  }

  retry(id: string): void {
    if (this.#outbox.again(id)) {
      this.#out.tell({ kind: 'pending', id });
    }
  }

  discard(id: string): void {
    this.#outbox.discard(id);
    this.#out.tell({ kind: 'discarded', id });
  }

  /** The session will not go on by itself. */
  ended(reason: Sentence): void {
    for (const item of this.#outbox.items.filter((item) => !item.discarded)) {
      item.failed = true;
      this.#out.tell({ kind: 'failed', id: item.id, ...reason });
    }
  }

  laneLost(): void {
    this.#outbox.laneLost();
  }

  /** `anew`: the page that came does not continue what was held. */
  resume({ seat, epoch, mark }: Joined, anew: boolean): void {
    for (const { item, refused } of this.#outbox.resume({ seat, epoch }, mark)) {
      if (refused !== null) {
        this.#giveBack(item, sentenceFor(refused, item.content));
      } else if (!item.discarded) {
        // What continues has its entries in the page or right behind it; otherwise it is further up in the history.
        this.#out.tell({ kind: 'settled', id: item.id, listed: !anew });
      }
    }
  }

  /** Knows what was written here by seat and number, and settles it. */
  told(entry: Entry): Told {
    if (entry.seat !== this.#outbox.origin.seat) {
      return { entry, id: null };
    }
    this.acknowledge(entry.number);
    return { entry, id: this.#outbox.claim(entry.number) };
  }

  acknowledge(number: number): void {
    const item = this.#outbox.settle(number);
    if (item !== undefined && !item.discarded) {
      this.#out.tell({ kind: 'settled', id: item.id, listed: true });
    }
  }

  refused(number: number, refusal: Refusal, now: number): void {
    if (refusal.retry || refusal.code === 'NumberSkipped') {
      const pause = this.#outbox.postpone(number, refusal, now);
      if (pause !== null) {
        this.#out.tell({ kind: 'throttled', until: pause.until, full: refusal.code === 'LogUnavailable' });
      }
      return;
    }
    const item = this.#outbox.settle(number);
    if (item !== undefined) {
      this.#giveBack(item, refusalOf(refusal, item.content));
    }
  }

  /** Tells of what has waited too long for its answer. */
  late(now: number): void {
    for (const item of this.#outbox.overdue(now)) {
      this.#out.tell({ kind: 'failed', id: item.id, ...NO_ANSWER });
    }
  }

  /** Sends what may be sent now: at most `window` are unanswered at a time. */
  flush(window: number, now: number): void {
    for (const item of this.#outbox.due(window, this.#saves.kept, now)) {
      if (item.failed && !item.discarded) {
        this.#out.tell({ kind: 'pending', id: item.id });
      }
      item.failed = false;
      this.#out.send({ kind: 'Send', number: item.number ?? 0, content: item.content });
    }
  }

  /** Has kept what has changed; `hurry` if sending waits for it. */
  save(hurry: boolean): void {
    const save = this.#saves.next(this.#outbox, hurry);
    if (save !== null) {
      this.#out.push(save);
    }
  }

  deadline(now: number): number | null {
    return this.#outbox.deadline(now);
  }

  #giveBack(item: Item, why: Sentence): void {
    if (!item.discarded) {
      this.#outbox.giveBack(item, why);
      this.#out.tell({ kind: 'refused', id: item.id, content: item.content, ...sentenceIn(why) });
    }
  }

  #tellWritten({ id, content, at }: Item): void {
    this.#out.tell({ kind: 'written', id, content, at });
  }
}
