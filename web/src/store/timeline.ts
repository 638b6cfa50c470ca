// What a room's timeline shows, in order: a stretch of the log, server lines where they came, and behind the newest what
// has no place yet. The newest stretch is always held and grows; when one reads further up, or somewhere else, another
// one is shown until it has grown together with the newest. Invariant: an entry stands in a stretch once, and a message
// keeps its key when it gets its place.

import type { Told } from '../session/room-events.ts';
import type * as wire from '../wire/protocol.ts';
import { OwnAmendments } from './amending.ts';
import { amendmentOf, Book, type Known } from './book.ts';
import { type Placed, Stretch } from './stretch.ts';
import type { Content, Delivery, LineEvent, Message, Reply, TimelineItem } from './types.ts';

/** Rows of the stretch that is shown; beyond it the far end goes. A day of a busy room must not fill the memory. */
const MAX_ITEMS = 10_000;
const KEPT_ITEMS = 5_000;
/** Rows of the newest stretch while it is not shown. */
const MAX_UNSEEN = 600;
const KEPT_UNSEEN = 300;
/** So long after older ones were loaded one is taken to be reading there. */
const READING_MS = 10 * 60_000;

const SENT: Delivery = { kind: 'sent' };
const PENDING: Delivery = { kind: 'pending' };

/** In whose eyes, and in which history, entries are taken. */
export interface Eyes {
  readonly you: number;
  readonly nick: string;
  readonly epoch: number;
}

export class Timeline {
  readonly own = new OwnAmendments();
  readonly #book = new Book();
  newest = new Stretch();
  #apart: Stretch | null = null;
  #open: Message[] = [];
  #lines = 0;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #eyes: Eyes = { you: 0, nick: '', epoch: 0 };
  #items: readonly TimelineItem[] | null = null;

  /** The same array for as long as nothing has changed. */
  items(): readonly TimelineItem[] {
    this.#items ??= this.#apart === null ? [...this.newest.items, ...this.#open] : [...this.#apart.items];
    return this.#items;
  }

  /** The stretch that is shown. */
  get shown(): Stretch {
    return this.#apart ?? this.newest;
  }

  /** Whether what is shown ends before the newest. */
  get isApart(): boolean {
    return this.#apart !== null;
  }

  /** How many messages are held, shown or not. */
  get held(): number {
    return this.#book.size;
  }

  /** What has no place yet is by whoever one is now. */
  look(eyes: Eyes): void {
    const { you: author, nick } = eyes;
    if (author !== this.#eyes.you || nick !== this.#eyes.nick) {
      this.#open = this.#open.map((message) => ({ ...message, author, nick }));
      this.#changed();
    }
    this.#eyes = eyes;
  }

  // --- the log ---

  /** Starts over from the newest page. `first`: lines that have come before it belong behind it. */
  startAnew({ entries, more, asOf }: Page, first: boolean): void {
    const lines = first ? this.newest.items.filter((item) => item.kind === 'line') : [];
    this.#book.clear(); // what was amended since is not all known
    this.#apart = null;
    this.newest = new Stretch();
    this.newest.hasOlder = more;
    this.newest.append(this.#place(entries, asOf));
    for (const line of lines) {
      this.newest.line(line);
    }
    this.#changed();
  }

  /** What is new, in order: entries of their own state, or a page that goes on where the newest stretch ends. */
  append(entries: readonly Told[], asOf: number | null): void {
    for (const told of entries) {
      this.newest.append(this.#place([told], asOf ?? told.entry.seq));
      this.#amend(told);
    }
    this.#changed();
  }

  /** A page of older ones for this stretch. */
  prepend(stretch: Stretch, { entries, more, asOf }: Page, now: number): void {
    stretch.prepend(this.#page(entries, asOf));
    stretch.hasOlder = more && entries.length > 0;
    this.#loadedAt = now;
    this.#changed();
  }

  /** A page of newer ones for the stretch that is shown apart. */
  extend(stretch: Stretch, { entries, asOf }: Pick<Page, 'entries' | 'asOf'>): void {
    stretch.append(this.#page(entries, asOf));
    this.#meet(stretch);
    if (this.#apart !== null && this.#apart.length > MAX_ITEMS) {
      this.#forget(this.#apart.keepNewest(KEPT_ITEMS));
    }
    this.#changed();
  }

  /** Shows a page from anywhere. */
  land({ entries, more, asOf }: Page): void {
    const landed = new Stretch();
    landed.append(this.#page(entries, asOf));
    landed.hasOlder = more;
    const gone = this.#apart?.dropAll() ?? [];
    this.#apart = landed;
    this.#forget(gone);
    this.#meet(landed);
    this.#changed();
  }

  /** Whether this place is in what is held; then what holds it is shown. */
  goTo(seq: number): boolean {
    if (this.#apart?.holds(seq)) {
      return true;
    }
    const here = this.newest.holds(seq);
    if (here) {
      this.goToEnd();
    }
    return here;
  }

  goToEnd(): void {
    if (this.#apart !== null) {
      const gone = this.#apart.dropAll();
      this.#apart = null;
      this.#forget(gone);
      this.#changed();
    }
  }

  /** A line that is not in the log. */
  line(text: string, at: number, event: LineEvent): void {
    this.#lines += 1;
    this.newest.line({ kind: 'line', key: `line.${this.#lines}`, at, text, event });
    this.#changed();
  }

  /** Lets what is too much go, at the end that is not read. */
  trim(now: number): void {
    const reading = now < this.#loadedAt + READING_MS;
    if (this.#apart !== null) {
      this.#trimUnseen();
      this.#forget(this.#apart.length > MAX_ITEMS ? this.#apart.keepOldest(KEPT_ITEMS) : []);
    } else if (this.newest.length > MAX_ITEMS && reading) {
      this.#apart = this.newest;
      this.newest = this.#apart.tail(KEPT_UNSEEN);
      this.#forget(this.#apart.keepOldest(MAX_ITEMS - KEPT_UNSEEN));
    } else if (this.newest.length > MAX_ITEMS) {
      this.#forget(this.newest.keepNewest(KEPT_ITEMS));
    }
    this.#changed();
  }

  /** Nobody looks at it: only the newest stay. */
  rest(): void {
    this.goToEnd();
    this.#forget(this.newest.keepNewest(KEPT_UNSEEN));
    this.#changed();
  }

  /** While nobody looks at it. */
  restTrim(): void {
    this.#trimUnseen();
    this.#changed();
  }

  // --- what one writes oneself ---

  /** Whether it is something that has a row of its own; amendments show at what they amend. */
  write(id: string, content: wire.Content, at: number): void {
    const of = this.own.written(id, content);
    if (of !== null) {
      return this.#redraw(of);
    }
    const shown = content.kind === 'Text' || content.kind === 'Location' ? content : null;
    if (shown !== null) {
      this.remove(id);
      this.#open.push(this.#pending(id, shown, at));
      this.#changed();
    }
  }

  /** On its way (again), acknowledged, or not: then `reason` says why. */
  deliver(key: string, delivery: Delivery): void {
    const place = this.#open.findIndex((message) => message.key === key);
    const message = this.#open[place];
    if (message !== undefined) {
      this.#open[place] = { ...message, delivery };
      this.#changed();
    } else if (delivery.kind !== 'sent') {
      this.#redraw(this.own.deliver(key, delivery.kind === 'failed' ? delivery.reason : null));
    }
  }

  find(key: string): Message | undefined {
    return this.#open.find((message) => message.key === key);
  }

  remove(key: string): void {
    const place = this.#open.findIndex((message) => message.key === key);
    if (place === -1) {
      return this.#redraw(this.own.remove(key));
    }
    this.#open.splice(place, 1);
    this.#changed();
  }

  // --- answers ---

  /** What this place holds, for an answer to it. */
  targetOf(seq: number): Reply['target'] {
    const known = this.#book.find(seq);
    return known === undefined ? null : { nick: known.nick, mine: known.mine, content: known.content };
  }

  /** Single entries, asked for because others answer them. */
  looked(entries: readonly Told[], asOf: number): void {
    for (const told of entries) {
      this.#known(told, asOf);
    }
    this.#fillIn(entries);
  }

  /** Older entries, which may be what others here answer. */
  #page(entries: readonly Told[], asOf: number): Placed[] {
    const placed = this.#place(entries, asOf);
    this.#fillIn(entries);
    return placed;
  }

  #place(entries: readonly Told[], asOf: number): Placed[] {
    const known = entries.map((told) => this.#known(told, asOf));
    return entries.map(({ entry, id }, n): Placed => {
      const message = known[n];
      this.#settle(id);
      const item = message === undefined ? this.#topicLine(entry) : this.#message(message);
      return { seq: entry.seq, item };
    });
  }

  #known(told: Told, asOf: number): Known | undefined {
    const { epoch, you } = this.#eyes;
    const key = this.#open.find((message) => message.key === told.id)?.key ?? `${epoch}.${told.entry.seq}`;
    return this.#book.take(told, asOf, { key, you });
  }

  #settle(id: string | null): void {
    if (id !== null) {
      this.remove(id);
    }
  }

  #amend({ entry }: Told): void {
    const amendment = amendmentOf(entry);
    if (amendment === null) {
      return;
    }
    this.#book.amend(amendment);
    this.#redraw(amendment.of);
    const known = this.#book.find(amendment.of)?.content;
    if (entry.content.kind === 'Delete') {
      this.#requote(amendment.of, { kind: 'deleted' });
    } else if (entry.content.kind === 'Edit') {
      this.#requote(amendment.of, known ?? { kind: 'text', body: entry.content.body });
    }
  }

  /** Draws a message again where it stands. */
  #redraw(seq: number | null): void {
    const known = seq === null ? undefined : this.#book.find(seq);
    if (known !== undefined) {
      const message = this.#message(known);
      this.newest.replace(known.seq, message);
      this.#apart?.replace(known.seq, message);
      this.#changed();
    }
  }

  /** What answers this place quotes what stands there now. */
  #requote(seq: number, content: Content): void {
    this.#eachAnswer(({ reply }) =>
      reply.seq === seq && reply.target !== null ? { seq, target: { ...reply.target, content } } : reply,
    );
  }

  /** What answers one of these and did not know it yet. */
  #fillIn(entries: readonly Told[]): void {
    const seqs = new Set(entries.map(({ entry }) => entry.seq));
    this.#eachAnswer(({ reply }) =>
      reply.target === null && seqs.has(reply.seq) ? { ...reply, target: this.targetOf(reply.seq) } : reply,
    );
  }

  #eachAnswer(change: (answer: { readonly reply: Reply }) => Reply): void {
    const redraw = <T extends TimelineItem>(item: T): T => {
      if (item.kind !== 'message' || item.reply === null) {
        return item;
      }
      const reply = change({ reply: item.reply });
      return reply === item.reply ? item : { ...item, reply };
    };
    this.#open = this.#open.map(redraw);
    this.newest.update(redraw);
    this.#apart?.update(redraw);
    this.#changed();
  }

  #message(known: Known): Message {
    const { key, seq, author, nick, mine, at, edited } = known;
    const { you: id, nick: own } = this.#eyes;
    const { content, amending, reactions } = this.own.over(known, { id, nick: own });
    return {
      ...{ kind: 'message', key, seq, author, nick, mine, at, edited, content, amending, delivery: SENT },
      reply: known.reply === null ? null : { seq: known.reply, target: this.targetOf(known.reply) },
      reactions: reactions.map(({ emoji, by }) => ({
        ...{ emoji, count: by.length, mine: by.some((member) => member.id === id) },
        nicks: by.map((member) => member.nick),
      })),
    };
  }

  #pending(key: string, content: Extract<wire.Content, { kind: 'Text' | 'Location' }>, at: number): Message {
    const { you, nick } = this.#eyes;
    const reply = content.kind === 'Text' ? content.reply : null;
    return {
      ...{ kind: 'message', key, seq: 0, author: you, nick, mine: true, at },
      ...{ edited: null, reactions: [], amending: null },
      content:
        content.kind === 'Text'
          ? { kind: 'text', body: content.body }
          : { kind: 'location', latitude: content.latitude, longitude: content.longitude },
      delivery: PENDING,
      reply: reply === null ? null : { seq: reply, target: this.targetOf(reply) },
    };
  }

  #topicLine({ content, nick, at, seq }: wire.Entry): TimelineItem | null {
    if (content.kind !== 'Topic') {
      return null;
    }
    const said = content.text === '' ? 'cleared the topic' : `set the topic: ${content.text}`;
    const event = { kind: 'topic', nick, text: content.text } as const;
    return { kind: 'line', key: `${this.#eyes.epoch}.${seq}`, at, text: `${nick} has ${said}`, event };
  }

  /** One stretch, as soon as there is nothing between the newest and this one. */
  #meet(stretch: Stretch): void {
    const [end, begin] = [stretch.newest, this.newest.oldest];
    if (end !== null && (begin === null || begin <= end + 1)) {
      this.newest.join(stretch);
      this.#apart = null;
    }
  }

  #trimUnseen(): void {
    if (this.newest.length > MAX_UNSEEN) {
      this.#forget(this.newest.keepNewest(KEPT_UNSEEN));
    }
  }

  #forget(gone: readonly number[]): void {
    this.#book.forget(gone.filter((seq) => !this.newest.holds(seq) && !this.#apart?.holds(seq)));
  }

  #changed(): void {
    this.#items = null;
  }
}

/** A page of entries in the state of a moment. */
export interface Page {
  readonly entries: readonly Told[];
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly asOf: number;
}
