// One room of a session, as a pure machine: joining, catching up, sending, settling. It keeps no timeline. Invariant:
// every entry is told once, in the log's order, and `cursor` never stands after an entry that has not been told.

import type { Command, Content, Cursor, Entry, Event, Joined, Refusal } from '../wire/protocol.ts';
import { OlderQuestion } from './older.ts';
import { type Item, Outbox } from './outbox.ts';
import { sentence } from './refusals.ts';
import type { RoomEffect, RoomEvent, SavedRoom, Told } from './room-events.ts';
import { unreachable } from './unreachable.ts';

/** Entries asked for at a time: a few screens. */
const PAGE = 100;
const NO_ANSWER = 'No answer from the server.';
/** At least so long before a lane that has ended is opened again. */
const AGAIN_MS = 500;
const WINDOW_BEFORE_WELCOME = 1;

/** `away`: without a lane. `over`: left, or refused for good. */
type Phase = 'away' | 'joining' | 'joined' | 'leaving' | 'over';

export class RoomMachine {
  readonly room: string;
  readonly nick: string;
  readonly #outbox: Outbox;
  readonly #older = new OlderQuestion();
  #phase: Phase = 'away';
  #you: number | null;
  #cursor: Cursor | null = null;
  #newSession = false;
  #window = WINDOW_BEFORE_WELCOME;
  #roster: { id: number; nick: string }[] = [];
  #rejoinAt: number | null = null;
  #out: RoomEffect[] = [];

  constructor(room: string, nick: string, saved: SavedRoom) {
    this.room = room;
    this.nick = nick;
    this.#you = saved.you;
    this.#outbox = new Outbox(saved.items);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Tells of the messages that were kept over a reload. */
  restore(): RoomEffect[] {
    for (const item of this.#outbox.items.filter((item) => !item.discarded)) {
      this.#tell({ kind: 'written', id: item.id, content: item.content, at: item.at });
    }
    return this.#effects();
  }

  // --- the lane ---

  /** The first command on a new lane. */
  join(): Command {
    this.#loseLane();
    this.#phase = 'joining';
    return { kind: 'Join', room: this.room, nick: this.nick, cursor: this.#cursor };
  }

  /** Comes before any event of a new connection. */
  welcomed(resumed: boolean, window: number): void {
    this.#newSession ||= !resumed;
    this.#window = window;
  }

  laneLost(): void {
    if (this.#phase !== 'over') {
      this.#loseLane();
    }
  }

  /** The lane ended while the connection lives. */
  laneEnded(now: number): RoomEffect[] {
    if (this.#phase !== 'over') {
      this.#loseLane();
      this.#rejoinAt = now + AGAIN_MS;
    }
    return this.#effects(now);
  }

  /** The session will not go on by itself. */
  ended(reason: string): RoomEffect[] {
    this.laneLost();
    for (const item of this.#outbox.items.filter((item) => !item.discarded)) {
      item.failed = true;
      this.#tell({ kind: 'failed', id: item.id, text: reason });
    }
    this.#out.push({ kind: 'wake', at: null });
    return this.#effects();
  }

  // --- what people do ---

  send(id: string, content: Content, at: number, now: number): RoomEffect[] {
    this.#outbox.add(id, content, at);
    this.#tell({ kind: 'written', id, content, at });
    this.#save();
    return this.#flush(now);
  }

  retry(id: string, now: number): RoomEffect[] {
    if (this.#outbox.again(id)) {
      this.#tell({ kind: 'pending', id });
    }
    return this.#flush(now);
  }

  discard(id: string, now: number): RoomEffect[] {
    this.#outbox.discard(id);
    this.#tell({ kind: 'discarded', id });
    this.#save();
    return this.#flush(now);
  }

  /** Asks for entries older than `before`; one question at a time. */
  older(before: number, now: number): RoomEffect[] {
    this.#older.ask(before, now);
    return this.#flush(now);
  }

  typing(): RoomEffect[] {
    if (this.#phase === 'joined') {
      this.#send({ kind: 'Typing' });
    }
    return this.#effects();
  }

  leave(): RoomEffect[] {
    if (this.#phase === 'joined' || this.#phase === 'joining') {
      this.#phase = 'leaving';
      this.#send({ kind: 'Leave' });
      return this.#effects();
    }
    return this.#over({ kind: 'left' });
  }

  /** Time has come for what `wake` asked for. */
  tick(now: number): RoomEffect[] {
    if (this.#rejoinAt !== null && now >= this.#rejoinAt && this.#phase === 'away') {
      this.#rejoinAt = null;
      this.#out.push({ kind: 'rejoin' });
      return this.#effects(now);
    }
    if (this.#phase === 'joined') {
      for (const item of this.#outbox.overdue(now)) {
        this.#tell({ kind: 'failed', id: item.id, text: NO_ANSWER });
      }
    }
    return this.#flush(now);
  }

  // --- what the server says ---

  hear(event: Event, now: number): RoomEffect[] {
    switch (event.kind) {
      case 'Notice':
        // Said at every join; when one comes back, one has been welcomed already.
        if (this.#phase === 'joined' || this.#cursor === null) {
          this.#tell({ kind: 'notice', at: event.at, text: event.text });
        }
        break;
      case 'Roster':
        this.#rosterPart(event.room, event.members, event.more);
        break;
      case 'Joined':
        this.#joined(event);
        break;
      case 'JoinRefused':
        return this.#joinRefused(event.refusal, event.suggestions, now);
      case 'Entry':
        this.#entry(event);
        break;
      case 'Presence':
        this.#tell({ kind: 'presence', at: event.at, change: event.change });
        break;
      case 'Ack':
        this.#acknowledge(event.number);
        break;
      case 'Refused':
        this.#refused(event.number, event.refusal, now);
        break;
      case 'History':
        this.#older.close();
        this.#tell({ kind: 'history', entries: event.entries.map((entry) => this.#told(entry)), more: event.more });
        break;
      case 'Typing':
        this.#tell({ kind: 'typing', member: event.member });
        break;
      case 'Left':
        return this.#over({ kind: 'left' });
      case 'Rejected':
        if (this.#older.refused(event.refusal, now)) {
          this.#tell({ kind: 'historyRefused', refusal: event.refusal });
        }
        break;
      case 'Welcome':
      case 'Pong':
      case 'Bye':
        break; // not said on a room's lane
      default:
        unreachable(event);
    }
    return this.#flush(now);
  }

  #rosterPart(room: string, members: readonly { id: number; nick: string }[], more: boolean): void {
    this.#roster.push(...members);
    if (!more) {
      this.#tell({ kind: 'members', room, members: this.#roster });
      this.#roster = [];
    }
  }

  #joined(joined: Joined): void {
    const held = this.#cursor;
    const anew = held === null || !joined.continues || held.epoch !== joined.epoch;
    const fresh = joined.page.entries.filter((entry) => anew || entry.seq > held.seq);
    const entries = fresh.map((entry) => this.#told(entry));
    this.#startNumbersAgain();
    this.#you = joined.you;
    this.#cursor = { epoch: joined.epoch, seq: joined.head };
    if (this.#phase !== 'leaving') {
      this.#phase = 'joined';
    }
    this.#tell({ kind: 'joined', joined, entries, anew });
    if (anew && this.#older.close()) {
      this.#tell({ kind: 'historyRefused', refusal: null });
    }
    this.#settleUpTo(joined, anew);
    this.#save();
  }

  #startNumbersAgain(): void {
    if (this.#newSession) {
      this.#outbox.renumber();
      this.#newSession = false;
    }
  }

  #settleUpTo(joined: Joined, anew: boolean): void {
    for (const { item, refused } of this.#outbox.settleUpTo(joined.mark)) {
      if (refused !== null) {
        this.#tellRefused(item, sentence(refused));
      } else if (!item.discarded) {
        // What continues has its entries in the page or right behind it; otherwise it is further up in the history.
        this.#tell({ kind: 'settled', id: item.id, listed: !anew });
      }
    }
  }

  #joinRefused(refusal: Refusal, suggestions: readonly string[], now: number): RoomEffect[] {
    if (this.#cursor === null || !refusal.retry) {
      return this.#over({ kind: 'expelled', refusal, suggestions });
    }
    this.#loseLane();
    this.#rejoinAt = now + Math.max(refusal.retryAfterMs, AGAIN_MS);
    return this.#effects(now);
  }

  #entry(entry: Entry): void {
    const cursor = this.#cursor;
    if (cursor === null || entry.seq <= cursor.seq) {
      return;
    }
    if (entry.seq > cursor.seq + 1) {
      // The log has no gaps: something was lost on the way, and a new connection brings it.
      this.#loseLane();
      this.#out.push({ kind: 'broken' });
      return;
    }
    this.#cursor = { epoch: cursor.epoch, seq: entry.seq };
    this.#tell({ kind: 'entry', told: this.#told(entry) });
  }

  /** Knows one's own message by its number, and settles it. */
  #told(entry: Entry): Told {
    if (entry.author !== this.#you) {
      return { entry, id: null };
    }
    const item = this.#outbox.settle(entry.number);
    if (item !== undefined) {
      this.#save();
      this.#tell({ kind: 'settled', id: item.id, listed: true });
    }
    return { entry, id: this.#outbox.claim(entry.number) };
  }

  #acknowledge(number: number): void {
    const item = this.#outbox.settle(number);
    if (item !== undefined && !item.discarded) {
      this.#save();
      this.#tell({ kind: 'settled', id: item.id, listed: true });
    }
  }

  #refused(number: number, refusal: Refusal, now: number): void {
    if (refusal.retry || refusal.code === 'NumberSkipped') {
      const pause = this.#outbox.postpone(number, refusal, now);
      if (pause !== null) {
        this.#tell({ kind: 'throttled', until: pause.until });
      }
      return;
    }
    const item = this.#outbox.settle(number);
    if (item !== undefined) {
      this.#save();
      this.#tellRefused(item, refusal.text);
    }
  }

  // --- effects ---

  #flush(now: number): RoomEffect[] {
    if (this.#phase !== 'joined') {
      return this.#effects(now);
    }
    const again = this.#outbox.items.filter((item) => item.failed && item.state === 'waiting' && !item.discarded);
    const due = this.#outbox.due(this.#window, now);
    for (const item of again.filter((item) => !item.failed)) {
      this.#tell({ kind: 'pending', id: item.id });
    }
    if (due.length > 0) {
      this.#save(); // the number must be kept before it is used
    }
    for (const { number, content } of due) {
      this.#send({ kind: 'Send', number: number ?? 0, content });
    }
    this.#ask(now);
    return this.#effects(now);
  }

  #ask(now: number): void {
    const before = this.#older.due(now);
    if (before !== null) {
      this.#send({ kind: 'History', before, limit: PAGE });
    }
  }

  #tellRefused(item: Item, text: string): void {
    if (!item.discarded) {
      this.#tell({ kind: 'refused', id: item.id, content: item.content, text });
    }
  }

  #loseLane(): void {
    this.#phase = 'away';
    this.#rejoinAt = null;
    this.#roster = [];
    this.#outbox.laneLost();
    this.#older.laneLost();
  }

  #over(last: RoomEvent): RoomEffect[] {
    this.#phase = 'over';
    if (last.kind === 'left') {
      this.#out.push({ kind: 'save', saved: { you: null, items: [] } });
    }
    this.#tell(last);
    this.#out.push({ kind: 'wake', at: null }, { kind: 'over' });
    return this.#effects();
  }

  #save(): void {
    this.#out.push({ kind: 'save', saved: { you: this.#you, items: this.#outbox.saved() } });
  }

  #send(command: Command): void {
    this.#out.push({ kind: 'send', command });
  }

  #tell(event: RoomEvent): void {
    this.#out.push({ kind: 'tell', event });
  }

  /** With the time: the deadline may have changed. */
  #effects(now?: number): RoomEffect[] {
    if (now !== undefined) {
      this.#out.push({ kind: 'wake', at: this.#deadline(now) });
    }
    return this.#out.splice(0);
  }

  #deadline(now: number): number | null {
    const answers = this.#phase === 'joined' ? this.#outbox.deadline(now) : null;
    const ask = this.#phase === 'joined' ? this.#older.deadline : null;
    const all = [answers, ask, this.#phase === 'away' ? this.#rejoinAt : null].filter((at) => at !== null);
    return all.length === 0 ? null : Math.min(...all);
  }
}
