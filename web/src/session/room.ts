// One room of a session, as a pure machine: joining, catching up, asking. What is said there is Sending's. It keeps no
// timeline. Invariant: every entry is told once, in the log's order, and `cursor` never stands after an entry that has
// not been told.

import type { Command, Content, Cursor, Entry, Event, Joined, Member, Refusal } from '../wire/protocol.ts';
import type { Persona } from './persona.ts';
import { type Place, refOf } from './place.ts';
import { type Asked, type Question, Questions } from './questions.ts';
import type { RoomEffect, RoomEvent, SavedRoom, Sentence } from './room-events.ts';
import { RoomOut } from './room-out.ts';
import { Sending } from './sending.ts';
import { unreachable } from './unreachable.ts';

const AGAIN_MS = 500; // At least so long before a lane that has ended is opened again.
const WINDOW_BEFORE_WELCOME = 1;

/** `away`: without a lane. `over`: left, or refused for good. */
type Phase = 'away' | 'joining' | 'joined' | 'leaving' | 'over';

export class RoomMachine {
  readonly place: Place;
  readonly #out = new RoomOut();
  readonly #sending: Sending;
  readonly #questions = new Questions();
  #who: Persona;
  /** Who one is again if one may not be the present one. */
  #whoBefore: Persona | null = null;
  #you: number | null = null;
  #phase: Phase = 'away';
  /** To leave as soon as all is settled. */
  #leaving = false;
  #cursor: Cursor | null = null;
  #window = WINDOW_BEFORE_WELCOME;
  #roster: { readonly members: Member[]; readonly away: number[] } = { members: [], away: [] };
  #rejoinAt: number | null = null;

  constructor(place: Place, who: Persona, saved: SavedRoom) {
    this.place = place;
    this.#who = who;
    this.#sending = new Sending(saved, this.#out);
  }

  get who(): Persona {
    return this.#who;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Tells of the messages that were kept over a reload. */
  restore(): RoomEffect[] {
    this.#sending.restore();
    return this.#effects();
  }

  /** Whether there is a message that the server has not taken. */
  get hasUnsent(): boolean {
    return this.#sending.hasUnsent;
  }

  // --- the lane ---

  /** The first command on a new lane. */
  join(): Command {
    this.#loseLane();
    this.#phase = 'joining';
    const { nick, secret: member } = this.#who;
    return { kind: 'Join', room: refOf(this.place), nick, cursor: this.#cursor, member };
  }

  /** Comes before any event of a new connection. */
  welcomed(window: number): void {
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
  ended(reason: Sentence): RoomEffect[] {
    this.laneLost();
    this.#sending.ended(reason);
    this.#giveUp(this.#questions.clear(), null);
    this.#out.push({ kind: 'wake', at: null });
    return this.#effects();
  }

  // --- what people do ---

  send(id: string, content: Content, { at, now }: { readonly at: number; readonly now: number }): RoomEffect[] {
    this.#sending.write(id, content, at);
    return this.#flush(now);
  }

  /** All up to this save would survive a crash; or cannot be kept, and goes on from memory. */
  kept(save: number, safely: boolean, now: number): RoomEffect[] {
    this.#sending.kept(save, safely, now);
    return this.#flush(now);
  }

  retry(id: string, now: number): RoomEffect[] {
    this.#sending.retry(id);
    return this.#flush(now);
  }

  discard(id: string, now: number): RoomEffect[] {
    this.#sending.discard(id);
    return this.#flush(now);
  }

  /** Answered by an event with this number: `history`, `looked`, `found` or `unanswered`. */
  ask(ask: number, question: Question, now: number): RoomEffect[] {
    this.#giveUp(this.#questions.ask({ ask, question }), null);
    return this.#flush(now);
  }

  /** Asks to be here under another name: `renamed` or `notRenamed` tells what comes of it. */
  rename(who: Persona, now: number): RoomEffect[] {
    if (this.#phase === 'joined') {
      this.#whoBefore = this.#who;
      this.#who = who;
      this.#loseLane();
      this.#out.push({ kind: 'rejoin' });
    } else {
      this.#out.tell({ kind: 'notRenamed', refusal: null, suggestions: [] });
    }
    return this.#effects(now);
  }

  /** Of use only now: not repeated if it is lost. */
  mention(what: Extract<Command, { kind: 'Typing' | 'Read' }>): RoomEffect[] {
    return this.#sayIfJoined(what);
  }

  /** Tells a member of a private room; not repeated either. */
  invite(to: number, { key, name }: Place): RoomEffect[] {
    return key === null ? [] : this.#sayIfJoined({ kind: 'Invite', to, key, name });
  }

  /** What is under way is waited for; a caller who does not want to wait for long goes without the answer. */
  leave(now: number): RoomEffect[] {
    this.#leaving = true;
    return this.#phase === 'away' || this.#phase === 'over' ? this.#over({ kind: 'left' }) : this.#flush(now);
  }

  /** Time has come for what `wake` asked for. */
  tick(now: number): RoomEffect[] {
    if (this.#rejoinAt !== null && now >= this.#rejoinAt && this.#phase === 'away') {
      this.#rejoinAt = null;
      this.#out.push({ kind: 'rejoin' });
      return this.#effects(now);
    }
    if (this.#phase === 'joined') {
      this.#sending.late(now);
    }
    return this.#flush(now);
  }

  // --- what the server says ---

  hear(event: Event, now: number): RoomEffect[] {
    switch (event.kind) {
      case 'Notice':
        // Said at every join; when one comes back, one has been welcomed already.
        if (this.#phase === 'joined' || this.#cursor === null) {
          this.#out.tell({ kind: 'notice', at: event.at, text: event.text });
        }
        break;
      case 'Roster':
        this.#rosterPart(event);
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
        this.#presence(event);
        break;
      case 'Ack':
        this.#sending.acknowledge(event.number);
        break;
      case 'Refused':
        this.#sending.refused(event.number, event.refusal, now);
        break;
      case 'History':
      case 'Looked':
      case 'Found':
        this.#answer(event);
        break;
      case 'Typing':
        this.#out.tell({ kind: 'typing', member: event.member });
        break;
      case 'Invited':
        this.#out.tell({ kind: 'invited', from: event.from, key: event.key, name: event.name });
        break;
      case 'Read':
        this.#out.tell({ kind: 'read', seq: event.seq });
        break;
      case 'Left':
        return this.#over({ kind: 'left' });
      case 'Rejected':
        this.#rejected(event.refusal, now);
        break;
      case 'Welcome':
      case 'Pong':
      case 'Bye':
      case 'Rooms':
        break; // not said on a room's lane
      default:
        unreachable(event);
    }
    return this.#flush(now);
  }

  #rosterPart({ room, members, away, more }: Extract<Event, { kind: 'Roster' }>): void {
    this.#roster.members.push(...members);
    this.#roster.away.push(...away);
    if (!more) {
      this.#out.tell({ kind: 'members', room, ...this.#roster });
      this.#roster = { members: [], away: [] };
    }
  }

  #joined(joined: Joined): void {
    const held = this.#cursor;
    const anew = held === null || !joined.continues || held.epoch !== joined.epoch;
    const fresh = joined.page.entries.filter((entry) => anew || entry.seq > held.seq);
    const entries = fresh.map((entry) => this.#sending.told(entry));
    this.#cursor = { epoch: joined.epoch, seq: joined.head };
    this.#you = joined.you;
    if (this.#phase !== 'leaving') {
      this.#phase = 'joined';
    }
    this.#out.tell({ kind: 'joined', joined, entries, anew });
    if (this.#whoBefore !== null) {
      this.#out.tell({ kind: 'renamed', from: this.#whoBefore.nick });
      this.#whoBefore = null;
    }
    if (held !== null && held.epoch !== joined.epoch) {
      this.#giveUp(this.#questions.clear(), null); // they named places in another history
    }
    this.#sending.resume(joined, anew);
  }

  #joinRefused(refusal: Refusal, suggestions: readonly string[], now: number): RoomEffect[] {
    const before = this.#whoBefore;
    if (before !== null && !refusal.retry) {
      this.#whoBefore = null;
      this.#who = before;
      this.#loseLane();
      this.#out.tell({ kind: 'notRenamed', refusal, suggestions });
      this.#out.push({ kind: 'rejoin' });
      return this.#effects(now);
    }
    if (this.#cursor === null || !refusal.retry) {
      return this.#over({ kind: 'expelled', refusal, suggestions });
    }
    this.#loseLane();
    this.#rejoinAt = now + Math.max(refusal.retryAfterMs, AGAIN_MS);
    return this.#effects(now);
  }

  #presence({ at, change }: Extract<Event, { kind: 'Presence' }>): void {
    this.#out.tell({ kind: 'presence', at, change });
    const { nick: from, secret } = this.#who;
    if (change.kind === 'Joined' && change.member.id === this.#you && change.member.nick !== from) {
      // In another tab, or on another device, one has taken another name: this is the same person.
      this.#who = { nick: change.member.nick, secret };
      this.#out.tell({ kind: 'renamed', from });
    }
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
    this.#out.tell({ kind: 'entry', told: this.#sending.told(entry) });
  }

  #answer(event: Extract<Event, { kind: 'History' | 'Looked' | 'Found' }>): void {
    const asked = this.#questions.answered(QUESTION_OF[event.kind]);
    if (asked === null) {
      return; // given up meanwhile
    }
    const { ask } = asked;
    if (event.kind === 'Found') {
      return this.#out.tell({ kind: 'found', ask, hits: event.hits, more: event.more });
    }
    const entries = event.entries.map((entry) => this.#sending.told(entry));
    const { asOf, more, newer } = event;
    this.#out.tell(
      event.kind === 'Looked'
        ? { kind: 'looked', ask, entries, asOf }
        : { kind: 'history', ask, entries, more, newer, asOf },
    );
  }

  #rejected(refusal: Refusal, now: number): void {
    if (refusal.code !== 'NotHere') {
      const asked = this.#questions.refused(refusal, now);
      this.#giveUp(asked === null ? [] : [asked], refusal);
    }
  }

  // --- effects ---

  #flush(now: number): RoomEffect[] {
    if (this.#phase === 'joined') {
      this.#sending.flush(this.#window, now);
      const question = this.#questions.due(now);
      if (question !== null) {
        this.#out.send(question);
      }
      this.#sayLeave();
    }
    return this.#effects(now);
  }

  #sayLeave(): void {
    if (this.#leaving && this.#sending.settled) {
      this.#phase = 'leaving';
      this.#out.send({ kind: 'Leave' });
    }
  }

  #sayIfJoined(command: Command): RoomEffect[] {
    if (this.#phase === 'joined') {
      this.#out.send(command);
    }
    return this.#effects();
  }

  #giveUp(questions: readonly Asked[], refusal: Refusal | null): void {
    for (const { ask } of questions) {
      this.#out.tell({ kind: 'unanswered', ask, refusal });
    }
  }

  #loseLane(): void {
    this.#phase = 'away';
    this.#rejoinAt = null;
    this.#roster = { members: [], away: [] };
    this.#sending.laneLost();
    this.#questions.laneLost();
  }

  #over(last: RoomEvent): RoomEffect[] {
    this.#phase = 'over';
    this.#giveUp(this.#questions.clear(), null);
    this.#out.tell(last);
    this.#out.push({ kind: 'wake', at: null }, { kind: 'over' });
    return this.#effects();
  }

  /** With the time: the deadline may have changed. */
  #effects(now?: number): RoomEffect[] {
    this.#sending.save(this.#phase === 'joined');
    if (now !== undefined) {
      this.#out.push({ kind: 'wake', at: this.#deadline(now) });
    }
    return this.#out.take();
  }

  #deadline(now: number): number | null {
    const joined = this.#phase === 'joined';
    const answers = joined ? this.#sending.deadline(now) : null;
    const ask = joined ? this.#questions.deadline : null;
    const rejoin = this.#phase === 'away' ? this.#rejoinAt : null;
    return [answers, ask, rejoin].reduce((first, at) => (at === null || (first !== null && first < at) ? first : at));
  }
}

/** What an event answers. */
const QUESTION_OF = { History: 'History', Looked: 'Look', Found: 'Search' } as const;
