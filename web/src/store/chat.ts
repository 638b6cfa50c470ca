// The chat as the user interface has it: one session, at most one room, and signals that always show the present state.

import { signal } from '@preact/signals';
import type { Discovery, Environment } from '../session/environment.ts';
import { Session } from '../session/session.ts';
import type { Welcome } from '../wire/protocol.ts';
import { missing } from './join-refusal.ts';
import { Stay } from './stay.ts';
import type { Chat, Connection, Content, JoinResult, Room, SendResult } from './types.ts';

const TYPING_EVERY_MS = 3_000;
/** In larger rooms nobody looks at who is writing. */
const TYPING_MEMBERS = 100;
/** Until the server says what it accepts. */
const LIMITS = { bodyChars: 4_000, nickGraphemes: 32, roomGraphemes: 64 };

/** Connects at once. After the signal nothing is sent or received any more. */
export function createChat(env: Environment, signal: AbortSignal = new AbortController().signal): Chat {
  return new SignalChat(env, signal);
}

class SignalChat implements Chat {
  readonly connection = signal<Connection>({ kind: 'connecting' });
  readonly room = signal<Room | null>(null);
  readonly limits = signal(LIMITS);
  readonly throttledUntil = signal<number | null>(null);
  readonly mapUrl = signal('');
  readonly #env: Environment;
  readonly #session: Session;
  #stay: Stay | null = null;
  /** Milliseconds that the server's clock is ahead. */
  #ahead = 0;
  #typedAt = 0;
  #publishing = false;
  #cancelThrottle: () => void = () => undefined;

  constructor(env: Environment, abort: AbortSignal) {
    this.#env = env;
    this.#session = new Session(env, this.#listener(), abort);
    this.#session.start();
  }

  async join(room: string, nick: string): Promise<JoinResult> {
    const refusal = missing(room, nick);
    if (refusal !== null) {
      return { ok: false, refusal };
    }
    if (this.#stay?.joined && this.#stay.room === room && this.#stay.nick === nick) {
      return { ok: true };
    }
    await this.#endStay();
    if (this.connection.value.kind === 'closed') {
      this.#session.start();
    }
    return this.#enter(room, nick);
  }

  async leave(): Promise<void> {
    await this.#endStay();
    this.#session.farewell(true);
  }

  send(content: Content): Promise<SendResult> {
    if (!this.#stay?.joined) {
      return Promise.resolve({ kind: 'failed', text: 'You are not in a room.' });
    }
    this.#typedAt = 0;
    return this.#stay.send(content, this.#serverNow());
  }

  retry(key: string): void {
    if (this.#stay?.retry(key, this.#serverNow()) && this.connection.value.kind === 'closed') {
      this.reconnectNow();
    }
  }

  discard(key: string): void {
    this.#stay?.discard(key);
  }

  loadOlder(): void {
    this.#stay?.loadOlder();
  }

  typing(): void {
    const now = this.#env.now();
    const members = this.room.value?.members.length ?? 0;
    if (now - this.#typedAt >= TYPING_EVERY_MS && members <= TYPING_MEMBERS) {
      this.#typedAt = now;
      this.#stay?.typing();
    }
  }

  reconnectNow(): void {
    this.#stay?.enterAgain();
    this.#session.start();
  }

  async #enter(room: string, nick: string): Promise<JoinResult> {
    const stay: Stay = new Stay(
      this.#env,
      this.#session,
      { room, nick },
      {
        changed: () => this.#publishSoon(),
        throttled: (until) => this.#throttled(until),
        expelled: (text) => this.#session.stop(text),
      },
    );
    this.#stay = stay;
    const result = await stay.admission();
    if (result.ok) {
      this.#publish();
    } else if (this.#stay === stay) {
      this.#stay = null;
    }
    return result;
  }

  async #endStay(): Promise<void> {
    const stay = this.#stay;
    this.#stay = null;
    this.#publish();
    await stay?.leave();
  }

  #listener(): ConstructorParameters<typeof Session>[1] {
    return {
      status: (status) => {
        this.connection.value = status;
      },
      discovered: ({ mapUrl }: Discovery) => {
        this.mapUrl.value = mapUrl;
      },
      welcome: (welcome) => this.#welcome(welcome),
    };
  }

  #welcome({ limits, now }: Welcome): void {
    const { bodyChars, nickGraphemes, roomGraphemes } = limits;
    this.limits.value = { bodyChars, nickGraphemes, roomGraphemes };
    this.#ahead = now - this.#env.now();
  }

  #serverNow(): number {
    return this.#env.now() + this.#ahead;
  }

  #throttled(until: number): void {
    this.#cancelThrottle();
    this.throttledUntil.value = until;
    this.#cancelThrottle = this.#env.after(until - this.#env.now(), () => {
      this.throttledUntil.value = null;
    });
  }

  /** Once for all that comes in one go: a page of frames is one new state. */
  #publishSoon(): void {
    if (!this.#publishing) {
      this.#publishing = true;
      queueMicrotask(() => this.#publish());
    }
  }

  #publish(): void {
    this.#publishing = false;
    this.room.value = this.#stay?.joined ? this.#stay.snapshot() : null;
  }
}
