// A stay in one room: joining, what is waited for, leaving. Turns what the session tells into answers for whoever asked,
// and the rest into the view.

import type { Environment } from '../session/environment.ts';
import { join, type Membership } from '../session/membership.ts';
import type { RoomEvent } from '../session/room-events.ts';
import { type Sentence, sentenceIn } from '../session/sentence.ts';
import type { Session } from '../session/session.ts';
import type { Lodging } from '../session/slot.ts';
import type { Content, Member } from '../wire/protocol.ts';
import { Asking } from './asking.ts';
import type { Self } from './device-link.ts';
import { joinRefusal } from './join-refusal.ts';
import { type Outside, RoomView, TYPING_MS } from './room-view.ts';
import type { JoinResult, RoomCard, SendResult } from './types.ts';

/** How long a deliberate leave waits for the server's word. */
const LEAVE_MS = 2_000;
/** How long one waits to be taken in under another name. */
const RENAME_MS = 10_000;
const HAS_LEFT: Sentence = { code: 'HasLeft', text: 'You have left.' };
const NOT_NOW: Sentence = { code: 'NotNow', text: 'This is not possible right now.' };

/** What a stay reports to the chat. */
export interface StayListener {
  outside(room: string): Outside;
  /** After every event. */
  heard(stay: Stay, event: RoomEvent): void;
  throttled(until: number, full: boolean): void;
  /** The server will not have one back in the room. */
  expelled(stay: Stay, why: Sentence): void;
  /** One has left in another tab, or on another device. */
  leftElsewhere(stay: Stay): void;
}

export class Stay {
  readonly lodging: Lodging;
  readonly view: RoomView;
  readonly asking: Asking;
  /** The answer to the join. */
  readonly admission: Promise<JoinResult>;
  readonly #env: Environment;
  readonly #session: Session;
  readonly #listener: StayListener;
  readonly #waiting = new Map<string, (result: SendResult) => void>();
  #admit: (result: JoinResult) => void = () => undefined;
  #renamed: ((result: JoinResult) => void) | null = null;
  #left: (() => void) | null = null;
  #member: Membership;

  constructor(
    { env, session }: { readonly env: Environment; readonly session: Session },
    lodging: Lodging,
    listener: StayListener,
  ) {
    this.lodging = lodging;
    this.#env = env;
    this.#session = session;
    this.#listener = listener;
    this.admission = new Promise((resolve) => {
      this.#admit = resolve;
    });
    this.view = new RoomView(lodging, listener.outside(lodging.place.id));
    this.asking = new Asking(env, this.view, (question) => this.#member.ask(question));
    this.#member = join(session, lodging, (event) => this.#hear(event));
  }

  get id(): string {
    return this.lodging.place.id;
  }

  get joined(): boolean {
    return this.view.joined;
  }

  /** Who one is here, and where. */
  get self(): Self {
    const { who } = this.#member.machine;
    return { who, lodging: { ...this.lodging, nick: who.nick } };
  }

  card(): Omit<RoomCard, 'invitation'> {
    return this.view.card(this.joined && !this.isOver);
  }

  /** Whether something that was written here has not been taken by the server. */
  get hasUnsent(): boolean {
    return this.#member.machine.hasUnsent;
  }

  /** Left, or not to come back. */
  get isOver(): boolean {
    return this.#member.machine.phase === 'over';
  }

  /** Joins again after the server would not have one back. */
  enterAgain(): void {
    if (this.isOver) {
      const { nick } = this.#member.machine.who;
      this.#member = join(this.#session, { ...this.lodging, nick }, (event) => this.#hear(event));
    }
  }

  send(content: Content, at: number): Promise<SendResult> {
    const id = this.#member.send(content, at);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** False if there is no such failed message. */
  retry(key: string): boolean {
    if (this.view.timeline.find(key)?.delivery.kind !== 'failed') {
      return false;
    }
    this.#member.retry(key);
    return true;
  }

  discard(key: string): void {
    this.#member.discard(key);
  }

  /** Gives up the edit or deletion of this message that has not taken place. */
  forgetAmending(seq: number): void {
    const id = this.view.timeline.own.idOf(seq);
    if (id !== null) {
      this.#member.discard(id);
    }
  }

  async rename(nick: string): Promise<JoinResult> {
    return new Promise((resolve) => {
      this.#renamed?.(notNow());
      const cancel = this.#env.after(RENAME_MS, () => this.#renamed?.(notNow()));
      this.#renamed = (result) => {
        cancel();
        this.#renamed = null;
        resolve(result);
      };
      this.#member.rename(nick);
    });
  }

  /** Tells the server how far one has read. */
  read(seq: number): void {
    this.#member.read(seq);
  }

  typing(): void {
    this.#member.typing();
  }

  invite(to: Member['id'], { place }: Lodging): void {
    this.#member.invite(to, place);
  }

  /** Keeps nothing but what is unsent. */
  forget(): void {
    this.#member.forget();
  }

  /** Resolves when the server has said so, or after a while. */
  async leave(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#env.after(LEAVE_MS, resolve);
      this.#left = () => {
        cancel();
        resolve();
      };
      this.#member.leave();
    });
    this.#session.over(this.#member);
    this.gone();
  }

  /** One is out: nobody waits for anything here any more. */
  gone(): void {
    this.#member.forget();
    this.asking.end();
    this.#admit(refusal(HAS_LEFT));
    this.#renamed?.(refusal(HAS_LEFT));
    for (const id of [...this.#waiting.keys()]) {
      this.#resolve(id, { kind: 'failed', ...HAS_LEFT });
    }
  }

  #hear(event: RoomEvent): void {
    const onwards = this.view.hear(event, this.#env.now());
    this.asking.hear(event);
    if (onwards !== null) {
      this.asking.load(onwards);
    }
    switch (event.kind) {
      case 'joined':
        this.#admit({ ok: true });
        break;
      case 'renamed':
        this.#renamed?.({ ok: true });
        break;
      case 'notRenamed':
        this.#renamed?.(event.refusal === null ? notNow() : refused(event.refusal, event.suggestions));
        break;
      case 'expelled':
        this.#expelled(event);
        break;
      case 'throttled':
        this.#listener.throttled(event.until, event.full);
        break;
      case 'typing':
        this.#env.after(TYPING_MS, () => this.#listener.heard(this, event));
        break;
      case 'settled':
        this.#resolve(event.id, { kind: 'sent' });
        break;
      case 'failed':
        this.#resolve(event.id, { kind: 'failed', ...sentenceIn(event) });
        break;
      case 'refused':
        this.#refused(event);
        break;
      case 'left':
        this.#left === null ? this.#listener.leftElsewhere(this) : this.#left();
        break;
      case 'members':
      case 'presence':
      case 'notice':
      case 'entry':
      case 'history':
      case 'looked':
      case 'found':
      case 'unanswered':
      case 'invited':
      case 'read':
      case 'written':
      case 'pending':
      case 'discarded':
        break; // only to be seen
    }
    this.#listener.heard(this, event);
  }

  #expelled({ refusal, suggestions }: Extract<RoomEvent, { kind: 'expelled' }>): void {
    if (this.joined) {
      this.#listener.expelled(this, sentenceIn(refusal));
    } else {
      this.#admit(refused(refusal, suggestions));
    }
  }

  /**
   * Whoever waits gets the text back; otherwise a message stays, with the reason. A reaction or a topic is not kept for
   * anybody, nor is an edit of what is gone; any other that somebody waited for stays at its message only as long as the
   * page.
   */
  #refused(event: Extract<RoomEvent, { kind: 'refused' }>): void {
    const { id, content } = event;
    const awaited = this.#waiting.has(id);
    this.#resolve(id, { kind: 'refused', ...sentenceIn(event) });
    switch (content.kind) {
      case 'Edit':
      case 'Delete':
        // Otherwise it stays until it is forgotten, or something else is done with the message.
        return event.code === 'NotThere' ? this.#discardSoon(id) : undefined;
      case 'React':
      case 'Topic':
        return this.#discardSoon(id);
      case 'Text':
      case 'Location':
      case 'Deleted':
      case 'Emptied':
        return awaited ? this.#member.discard(id) : undefined;
    }
  }

  /** What is kept may be told before there is a member. */
  #discardSoon(id: string): void {
    queueMicrotask(() => this.#member.discard(id));
  }

  #resolve(id: string, result: SendResult): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}

function refused(...[why, suggestions]: Parameters<typeof joinRefusal>): JoinResult {
  return { ok: false, refusal: joinRefusal(why, suggestions) };
}

function refusal(why: Sentence): JoinResult {
  return { ok: false, refusal: { ...why, field: 'form', suggestions: [] } };
}

function notNow(): JoinResult {
  return refusal(NOT_NOW);
}
