// A chat without a server, for tests and for looking at the pages. Not part of the shipped client. What people do takes
// effect at once, and is answered after `latencyMs` as `answer` says.

import { signal } from '@preact/signals';
import type {
  Chat,
  Connection,
  Content,
  Delivery,
  JoinResult,
  JumpTarget,
  LineEvent,
  Member,
  Message,
  Move,
  News,
  Parting,
  PublicRoom,
  Room,
  RoomCard,
  RoomTarget,
  SearchHit,
  SearchQuery,
  Sendable,
  SendResult,
  TimelineItem,
  Unsent,
  Vitals,
} from '../../store/types.ts';
import { findSeq, mapSeq, older, plain, reacted, replyTo, roomOf, targetOf } from './fake-room.ts';

type Marks = Pick<RoomCard, 'unread' | 'mentions' | 'exact' | 'joined'>;

const READ: Marks = { unread: 0, mentions: 0, exact: true, joined: true };

export class FakeChat implements Chat {
  readonly connection = signal<Connection>({
    kind: 'live',
    transport: 'WebTransport',
    rttMs: 23,
    since: Date.now() - 42 * 60_000,
  });
  readonly moves = signal<readonly Move[]>([]);
  readonly vitals = signal<Vitals | null>(null);
  readonly rooms = signal<readonly RoomCard[]>([]);
  readonly room = signal<Room | null>(null);
  readonly limits = signal({ bodyChars: 4_000, nickGraphemes: 32, roomGraphemes: 64 });
  readonly throttledUntil = signal<number | null>(null);
  readonly serverFull = signal(false);
  readonly mapUrl = signal('https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=15/{lat}/{lon}');

  readonly unsent = signal<readonly Unsent[]>([]);
  readonly ignored = signal<ReadonlySet<string>>(new Set());
  readonly parting = signal<Parting | null>(null);

  /** What the next send answers, and what was sent so far. */
  answer: SendResult = { kind: 'sent' };
  joinAnswer: JoinResult = { ok: true };
  latencyMs = 150;
  /** How many older messages there are to load, and what there is to find. */
  olderLeft = 0;
  publicRooms: readonly PublicRoom[] = [];
  hits: readonly SearchHit[] = [];
  readonly sent: Content[] = [];
  readonly replied: (number | undefined)[] = [];
  readonly retried: string[] = [];
  readonly discarded: string[] = [];
  readonly looked: number[] = [];
  readonly jumped: JumpTarget[] = [];
  away = false;
  typed = 0;
  readonly #inside = new Map<string, { room: Room; marks: Marks }>();
  #open: string | null = null;
  readonly #listeners: ((news: News) => void)[] = [];
  #seq = 1_000;
  #keys = 0;

  onReplaced(): void {
    // no room stands for another here
  }

  forgetParting(): void {
    this.parting.value = null;
  }

  join(target: RoomTarget, nick: string): Promise<JoinResult> {
    return this.#later(() => {
      if (this.joinAnswer.ok) {
        this.enter(target.name, nick);
        this.change(() => ({ kind: target.kind }));
      }
      return this.joinAnswer;
    });
  }

  /** In, at once; the room opens. */
  enter(name: string, nick: string, others: readonly string[] = []): void {
    const id = name.toLowerCase();
    const room = this.#inside.get(id)?.room ?? roomOf(id, nick, { name, others });
    this.#inside.set(id, { room, marks: READ });
    this.activate(id);
  }

  activate(id: string): void {
    this.#open = id;
    this.mark(id, READ);
  }

  /** Unread and mentions of a room, open or not. */
  mark(id: string, marks: Partial<Marks>): void {
    const inside = this.#inside.get(id);
    if (inside !== undefined) {
      this.#inside.set(id, { ...inside, marks: { ...inside.marks, ...marks } });
      this.#publish();
    }
  }

  leave(id = this.#open ?? ''): Promise<void> {
    this.#inside.delete(id);
    if (this.#open === id) {
      this.#open = [...this.#inside.keys()][0] ?? null;
    }
    this.#publish();
    return Promise.resolve();
  }

  message(member: Member): Promise<JoinResult> {
    this.enter(member.nick, this.room.peek()?.nick ?? '', [member.nick]);
    this.change(() => ({ kind: 'direct' }));
    return Promise.resolve(this.joinAnswer);
  }

  rename(nick: string): Promise<JoinResult> {
    return this.#later(() => {
      if (this.joinAnswer.ok) {
        this.change(({ members, you }) => ({
          nick,
          members: members.map((member) => (member.id === you ? { ...member, nick } : member)),
        }));
      }
      return this.joinAnswer;
    });
  }

  send(content: Sendable, reply?: number): Promise<SendResult> {
    this.sent.push(content);
    this.replied.push(reply);
    const answer = this.answer;
    const message = this.make('', content, { delivery: { kind: 'pending' }, seq: 0 });
    this.change((room) => ({
      timeline: [
        ...room.timeline,
        { ...message, author: room.you, nick: room.nick, mine: true, reply: replyTo(room, reply) },
      ],
    }));
    return this.#later(() => {
      this.#settle(message.key, answer);
      return answer;
    });
  }

  edit(seq: number, body: string): Promise<SendResult> {
    return this.#amend(seq, { kind: 'text', body }, { kind: 'edit', body, failed: null });
  }

  remove(seq: number): Promise<SendResult> {
    return this.#amend(seq, { kind: 'deleted' }, { kind: 'delete', failed: null });
  }

  react(seq: number, emoji: string, on: boolean): Promise<SendResult> {
    this.#onMessage(seq, (message, room) => ({
      reactions: reacted(message.reactions, { emoji, on, nick: room.nick }),
    }));
    return this.#later(() => this.answer);
  }

  forgetAmending(seq: number): void {
    this.#onMessage(seq, () => ({ amending: null }));
  }

  setTopic(topic: string): Promise<SendResult> {
    return this.#later(() => {
      this.change(() => ({ topic }));
      return this.answer;
    });
  }

  retry(key: string): void {
    this.retried.push(key);
    this.#deliver(key, { kind: 'pending' });
  }

  discard(key: string): void {
    this.discarded.push(key);
    this.change((room) => ({ timeline: room.timeline.filter((item) => item.key !== key) }));
  }

  loadOlder(): void {
    this.change(() => ({ loadingOlder: true }));
    void this.#later(() => {
      const count = Math.min(50, this.olderLeft);
      this.olderLeft -= count;
      this.change((room) => ({
        timeline: [...older(room, count, (...parts) => this.make(...parts)), ...room.timeline],
        hasOlder: this.olderLeft > 0,
        loadingOlder: false,
      }));
    });
  }

  loadNewer(): void {
    this.change(() => ({ loadingNewer: true }));
    void this.#later(() => this.change(() => ({ hasNewer: false, loadingNewer: false })));
  }

  jump(to: JumpTarget): Promise<boolean> {
    this.jumped.push(to);
    return this.#later(() => to === 'end' || 'at' in to || findSeq(this.room.peek(), to.seq) !== undefined);
  }

  look(seq: number): void {
    this.looked.push(seq);
    const target = targetOf(this.room.peek(), seq);
    this.change((room) => ({
      timeline: room.timeline.map((item) =>
        item.kind === 'message' && item.reply?.seq === seq ? { ...item, reply: { seq, target } } : item,
      ),
    }));
  }

  onNews(listener: (news: News) => void): void {
    this.#listeners.push(listener);
  }

  /** Something is said, in whichever room. */
  tells(news: News): void {
    for (const listener of this.#listeners) {
      listener(news);
    }
  }

  markRead(seq: number): void {
    this.change((room) => ({ readUpTo: Math.max(room.readUpTo, seq) }));
  }

  markAllRead(): void {
    for (const id of [...this.#inside.keys()]) {
      this.mark(id, READ);
    }
  }

  typing(): void {
    this.typed += 1;
  }

  setAway(away: boolean): void {
    this.away = away;
  }

  ignore(nick: string, on: boolean): void {
    const others = [...this.ignored.peek()].filter((other) => other !== nick.toLowerCase());
    this.ignored.value = new Set(on ? [...others, nick.toLowerCase()] : others);
  }

  directory(like: string): Promise<readonly PublicRoom[]> {
    return this.#later(() => this.publicRooms.filter(({ name }) => name.toLowerCase().includes(like.toLowerCase())));
  }

  search({ text, room }: SearchQuery): Promise<readonly SearchHit[]> {
    const words = text.toLowerCase();
    return this.#later(() =>
      this.hits.filter((hit) => (room === undefined || hit.room === room) && plain(hit.content).includes(words)),
    );
  }

  discardUnsent(unsent: Unsent): Promise<void> {
    this.unsent.value = this.unsent.value.filter((other) => other !== unsent);
    return Promise.resolve();
  }

  deviceLink(): Promise<string> {
    return Promise.resolve('https://chat.example/d#eyJwIjpbXX0');
  }

  takeOver(): Promise<JoinResult> {
    return Promise.resolve(this.joinAnswer);
  }

  reconnectNow(): void {
    this.connection.value = { kind: 'live', transport: 'WebSocket', rttMs: 31, since: Date.now() };
  }

  /** Somebody says something in the open room. */
  says(nick: string, body: string, at = Date.now(), more: Partial<Message> = {}): Message {
    const message = this.make(nick, { kind: 'text', body }, { at, ...more });
    this.change((room) => ({ timeline: [...room.timeline, message] }));
    return message;
  }

  line(text: string, at = Date.now(), event: LineEvent = { kind: 'notice' }): void {
    this.#keys += 1;
    const item: TimelineItem = { kind: 'line', key: `line ${this.#keys}`, at, text, event };
    this.change((room) => ({ timeline: [...room.timeline, item] }));
  }

  change(part: (room: Room) => Partial<Room>): void {
    const open = this.#inside.get(this.#open ?? '');
    if (open !== undefined) {
      this.#inside.set(open.room.id, { ...open, room: { ...open.room, ...part(open.room) } });
      this.#publish();
    }
  }

  /** A message that is not in any room yet. */
  make(nick: string, content: Content, more: Partial<Message>): Message {
    this.#keys += 1;
    this.#seq += 1;
    const room = this.room.peek();
    return {
      ...{ kind: 'message', key: `m${this.#keys}`, seq: this.#seq, nick, at: Date.now(), content },
      ...{ author: room?.members.find((member) => member.nick === nick)?.id ?? 0, mine: room?.nick === nick },
      ...{ delivery: { kind: 'sent' }, reply: null, edited: null, reactions: [], amending: null },
      ...more,
    };
  }

  #amend(seq: number, content: Content, amending: NonNullable<Message['amending']>): Promise<SendResult> {
    const answer = this.answer;
    const before = findSeq(this.room.peek(), seq);
    this.#onMessage(seq, () => ({ content, amending }));
    return this.#later(() => {
      if (answer.kind === 'sent') {
        const edited = amending.kind === 'edit' ? Date.now() : null;
        this.#onMessage(seq, () => ({ amending: null, edited }));
      } else if (before !== undefined) {
        this.#onMessage(seq, () => ({ content: before.content, amending: { ...amending, failed: answer } }));
      }
      return answer;
    });
  }

  #onMessage(seq: number, part: (message: Message, room: Room) => Partial<Message>): void {
    this.change((room) => ({ timeline: mapSeq(room.timeline, seq, (message) => part(message, room)) }));
  }

  #settle(key: string, answer: SendResult): void {
    if (answer.kind === 'refused') {
      this.change((room) => ({ timeline: room.timeline.filter((item) => item.key !== key) }));
    } else if (answer.kind === 'failed') {
      this.#deliver(key, { kind: 'failed', reason: answer });
    } else {
      this.#deliver(key, { kind: 'sent' });
    }
  }

  #deliver(key: string, delivery: Delivery): void {
    this.#seq += 1;
    const seq = delivery.kind === 'sent' ? this.#seq : 0;
    this.change((room) => ({
      timeline: room.timeline.map((item) =>
        item.kind === 'message' && item.key === key ? { ...item, delivery, seq } : item,
      ),
    }));
  }

  #publish(): void {
    this.room.value = this.#inside.get(this.#open ?? '')?.room ?? null;
    this.rooms.value = [...this.#inside.values()].map(({ room, marks }) => {
      const { id, kind, name, nick, invitation } = room;
      return { id, kind, name, nick, invitation, alone: room.members.length <= 1, ...marks };
    });
  }

  #later<T>(run: () => T): Promise<T> {
    if (this.latencyMs === 0) {
      return Promise.resolve().then(run);
    }
    return new Promise((resolve) => {
      setTimeout(() => resolve(run()), this.latencyMs);
    });
  }
}
