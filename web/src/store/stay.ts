// A stay in one room: joining, what is waited for, leaving. Turns what the session tells into answers for whoever asked,
// and the rest into the view.

import type { Environment } from '../session/environment.ts';
import type { Membership } from '../session/membership.ts';
import type { RoomEvent } from '../session/room-events.ts';
import type { Session } from '../session/session.ts';
import { joinRefusal } from './join-refusal.ts';
import { RoomView, TYPING_MS } from './room-view.ts';
import { onWire } from './timeline.ts';
import type { Content, JoinResult, Room, SendResult } from './types.ts';

/** How long a deliberate leave waits for the server's word. */
const LEAVE_MS = 2_000;
const LEFT_BEFORE: JoinResult = { ok: false, refusal: { text: 'You have left.', field: 'form', suggestions: [] } };

/** What a stay reports to the chat. */
export interface StayListener {
  changed(): void;
  throttled(until: number): void;
  /** The server will not have one back in the room. */
  expelled(text: string): void;
}

export class Stay {
  readonly room: string;
  readonly nick: string;
  readonly #env: Environment;
  readonly #session: Session;
  readonly #listener: StayListener;
  readonly #view: RoomView;
  readonly #waiting = new Map<string, (result: SendResult) => void>();
  /** Messages that were refused when nobody waited any more: their number is used up. */
  readonly #orphans = new Set<string>();
  #answer: ((result: JoinResult) => void) | null = null;
  #left: (() => void) | null = null;
  #member: Membership;

  constructor(env: Environment, session: Session, names: { room: string; nick: string }, listener: StayListener) {
    this.room = names.room;
    this.nick = names.nick;
    this.#env = env;
    this.#session = session;
    this.#listener = listener;
    this.#view = new RoomView(names.room, names.nick);
    this.#member = session.join(names.room, names.nick, (event) => this.#hear(event));
  }

  get joined(): boolean {
    return this.#view.joined;
  }

  snapshot(): Room {
    return this.#view.snapshot(this.#env.now());
  }

  /** The answer to the join. To be asked for once. */
  admission(): Promise<JoinResult> {
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** Joins again after the server would not have one back. */
  enterAgain(): void {
    if (this.#member.machine.phase === 'over') {
      this.#member = this.#session.join(this.room, this.nick, (event) => this.#hear(event));
    }
  }

  send(content: Content, at: number): Promise<SendResult> {
    const id = this.#member.send(onWire(content), at);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** False if there is no such failed message. */
  retry(key: string, at: number): boolean {
    const message = this.#view.timeline.find(key);
    if (message?.delivery.kind !== 'failed') {
      return false;
    }
    if (this.#orphans.delete(key)) {
      this.#member.resend(key, onWire(message.content), at);
    } else {
      this.#member.retry(key);
    }
    return true;
  }

  discard(key: string): void {
    if (this.#orphans.delete(key)) {
      this.#view.timeline.remove(key);
      this.#listener.changed();
    } else {
      this.#member.discard(key);
    }
  }

  loadOlder(): void {
    const before = this.#view.loadOlder();
    if (before !== null) {
      this.#listener.changed();
      this.#member.older(before);
    }
  }

  typing(): void {
    this.#member.typing();
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
    this.#member.forget();
    this.#answer?.(LEFT_BEFORE);
    for (const id of [...this.#waiting.keys()]) {
      this.#resolve(id, { kind: 'failed', text: 'You have left.' });
    }
  }

  #hear(event: RoomEvent): void {
    this.#view.hear(event, this.#env.now());
    switch (event.kind) {
      case 'joined':
        this.#admit({ ok: true });
        break;
      case 'expelled':
        this.#expelled(event);
        break;
      case 'throttled':
        this.#listener.throttled(event.until);
        break;
      case 'typing':
        this.#env.after(TYPING_MS, () => this.#listener.changed());
        break;
      case 'settled':
        this.#resolve(event.id, { kind: 'sent' });
        break;
      case 'failed':
        this.#resolve(event.id, { kind: 'failed', text: event.text });
        break;
      case 'refused':
        this.#refused(event);
        break;
      case 'left':
        this.#left?.();
        break;
      case 'members':
      case 'presence':
      case 'notice':
      case 'entry':
      case 'history':
      case 'historyRefused':
      case 'written':
      case 'pending':
      case 'discarded':
        break; // only to be seen
    }
    this.#listener.changed();
  }

  #admit(result: JoinResult): void {
    this.#answer?.(result);
    this.#answer = null;
  }

  #expelled({ refusal, suggestions }: Extract<RoomEvent, { kind: 'expelled' }>): void {
    if (this.joined) {
      this.#listener.expelled(refusal.text);
    } else {
      this.#admit({ ok: false, refusal: joinRefusal(refusal, suggestions) });
    }
  }

  /** Whoever waits gets the text back; otherwise the message stays, with the reason. */
  #refused({ id, text }: Extract<RoomEvent, { kind: 'refused' }>): void {
    if (this.#waiting.has(id)) {
      this.#view.timeline.remove(id);
      this.#resolve(id, { kind: 'refused', text });
    } else {
      this.#orphans.add(id);
    }
  }

  #resolve(id: string, result: SendResult): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
