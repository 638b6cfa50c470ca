// A chat without a server, for tests and for looking at the pages. Not part of the shipped client.

import { signal } from '@preact/signals';
import type {
  Chat,
  Connection,
  Content,
  Delivery,
  JoinResult,
  Member,
  Message,
  Room,
  SendResult,
  TimelineItem,
} from '../../store/types.ts';

export class FakeChat implements Chat {
  readonly connection = signal<Connection>({ kind: 'live', transport: 'WebTransport', rttMs: 23 });
  readonly room = signal<Room | null>(null);
  readonly limits = signal({ bodyChars: 4_000, nickGraphemes: 32, roomGraphemes: 64 });
  readonly throttledUntil = signal<number | null>(null);
  readonly mapUrl = signal('https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=15/{lat}/{lon}');

  /** What the next send answers, and what was sent so far. */
  answer: SendResult = { kind: 'sent' };
  joinAnswer: JoinResult = { ok: true };
  latencyMs = 150;
  /** How many older messages there are to load. */
  olderLeft = 0;
  readonly sent: Content[] = [];
  readonly retried: string[] = [];
  readonly discarded: string[] = [];
  typed = 0;
  #seq = 1_000;
  #keys = 0;

  join(room: string, nick: string): Promise<JoinResult> {
    return this.#later(() => {
      if (this.joinAnswer.ok) {
        this.enter(room, nick);
      }
      return this.joinAnswer;
    });
  }

  enter(name: string, nick: string, others: readonly string[] = []): void {
    const nicks = [...others, nick];
    const members = nicks.map((n, i): Member => ({ id: i + 1, nick: n }));
    const you = nicks.length;
    const welcome: TimelineItem = { kind: 'line', key: 'welcome', at: Date.now(), text: 'Welcome!' };
    this.room.value = {
      name,
      nick,
      you,
      members,
      timeline: [welcome],
      hasOlder: false,
      loadingOlder: false,
      typing: [],
    };
  }

  leave(): Promise<void> {
    this.room.value = null;
    return Promise.resolve();
  }

  send(content: Content): Promise<SendResult> {
    this.sent.push(content);
    const answer = this.answer;
    const message = this.message('', content, { delivery: { kind: 'pending' }, seq: 0 });
    this.change((room) => ({
      timeline: [...room.timeline, { ...message, author: room.you, nick: room.nick, mine: true }],
    }));
    return this.#later(() => {
      this.#settle(message.key, answer);
      return answer;
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
        timeline: [...this.#older(room, count), ...room.timeline],
        hasOlder: this.olderLeft > 0,
        loadingOlder: false,
      }));
    });
  }

  typing(): void {
    this.typed += 1;
  }

  reconnectNow(): void {
    this.connection.value = { kind: 'live', transport: 'WebSocket', rttMs: 31 };
  }

  /** Somebody says something. */
  says(nick: string, body: string, at = Date.now()): Message {
    const message = this.message(nick, { kind: 'text', body }, { at });
    this.change((room) => ({ timeline: [...room.timeline, message] }));
    return message;
  }

  line(text: string, at = Date.now()): void {
    this.#keys += 1;
    const item: TimelineItem = { kind: 'line', key: `line ${this.#keys}`, at, text };
    this.change((room) => ({ timeline: [...room.timeline, item] }));
  }

  change(part: (room: Room) => Partial<Room>): void {
    const room = this.room.peek();
    if (room !== null) {
      this.room.value = { ...room, ...part(room) };
    }
  }

  message(nick: string, content: Content, more: Partial<Message>): Message {
    this.#keys += 1;
    this.#seq += 1;
    const room = this.room.peek();
    const author = room?.members.find((member) => member.nick === nick)?.id ?? 0;
    const mine = room?.nick === nick;
    const delivery: Delivery = { kind: 'sent' };
    const key = `m${this.#keys}`;
    return { kind: 'message', key, author, nick, mine, at: Date.now(), content, delivery, seq: this.#seq, ...more };
  }

  #older(room: Room, count: number): TimelineItem[] {
    const first = room.timeline.find((item) => item.kind === 'message');
    const [at, seq] = first?.kind === 'message' ? [first.at, first.seq] : [Date.now(), this.#seq];
    return Array.from({ length: count }, (_, i) => {
      const back = count - i;
      const nick = room.members[(Math.floor(back / 3) * 7) % room.members.length]?.nick ?? 'ann';
      const body = `Older message ${seq - back}. ${'A few more words to fill the line. '.repeat(back % 4)}`.trim();
      return this.message(nick, { kind: 'text', body }, { at: at - back * 90_000, seq: seq - back });
    });
  }

  #settle(key: string, answer: SendResult): void {
    if (answer.kind === 'refused') {
      this.change((room) => ({ timeline: room.timeline.filter((item) => item.key !== key) }));
    } else if (answer.kind === 'failed') {
      this.#deliver(key, { kind: 'failed', reason: answer.text });
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

  #later<T>(run: () => T): Promise<T> {
    if (this.latencyMs === 0) {
      return Promise.resolve().then(run);
    }
    return new Promise((resolve) => {
      setTimeout(() => resolve(run()), this.latencyMs);
    });
  }
}
