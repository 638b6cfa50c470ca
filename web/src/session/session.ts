// The driver of a session: carries out what the link's machine decides, over the carriers of the environment, and brings
// every room along when the connection changes. It decides nothing itself.

import type { Carrier } from '../transport/carrier.ts';
import { type Command, type Event, VERSION, type Welcome } from '../wire/protocol.ts';
import { Connection } from './connection.ts';
import type { Discovery, Environment } from './environment.ts';
import { Identity } from './identity.ts';
import { LinkMachine } from './link.ts';
import type { Effect, Input, TimerName } from './link-types.ts';
import { Membership, type RoomHost } from './membership.ts';
import type { Status } from './phase.ts';
import type { Dial } from './race.ts';
import type { RoomEvent } from './room-events.ts';
import { Turn } from './turn.ts';
import * as verdict from './verdict.ts';

/** How long the old connection may take to say goodbye. */
const FAREWELL_MS = 1_000;

export interface SessionListener {
  status(status: Status): void;
  discovered(discovery: Discovery): void;
  welcome(welcome: Welcome): void;
}

interface Slot {
  readonly abort: AbortController;
  connection: Connection<Membership> | null;
}

export class Session implements RoomHost {
  readonly #env: Environment;
  readonly #listener: SessionListener;
  readonly #identity: Identity;
  readonly #machine = new LinkMachine();
  readonly #turn = new Turn<Effect>((effect) => this.#carryOut(effect));
  readonly #slots = new Map<Dial, Slot>();
  readonly #timers = new Map<TimerName, () => void>();
  readonly #members = new Set<Membership>();
  #discovering = new AbortController();
  #discovery: Discovery | null = null;
  /** The connection that has greeted last: the rooms' lanes are there. */
  #current: Connection<Membership> | null = null;
  #told = '';

  constructor(env: Environment, listener: SessionListener, signal: AbortSignal) {
    this.#env = env;
    this.#listener = listener;
    this.#identity = new Identity(env);
    env.watch((event) => this.#handle({ kind: event }), signal);
    signal.addEventListener('abort', () => this.stop('The chat is closed.'), { once: true });
    this.#tellStatus();
  }

  /** Connects, or tries at once instead of waiting. */
  start(): void {
    this.#handle({ kind: 'start' });
  }

  /** Ends the session for good and forgets who one was; `again` connects anew, as somebody else. */
  farewell(again: boolean): void {
    this.#handle({ kind: 'farewell', again });
  }

  /** Ends the connection; the server keeps the names for a while, and `start` resumes. */
  stop(reason: string): void {
    this.#handle({ kind: 'stop', reason });
  }

  join(room: string, nick: string, tell: (event: RoomEvent) => void): Membership {
    const member = new Membership(this.#env, this, { room, nick }, tell);
    this.#members.add(member);
    member.run(member.machine.restore());
    this.openLane(member);
    return member;
  }

  // --- what rooms ask ---

  openLane(member: Membership): void {
    this.#current?.openRoom(member, member.machine.join());
  }

  say(member: Membership, command: Command): void {
    this.#current?.sayIn(member, command);
    if (command.kind === 'Send') {
      this.#handle({ kind: 'spoke' });
    }
  }

  over(member: Membership): void {
    this.#members.delete(member);
    this.#current?.closeRoom(member);
  }

  broken(): void {
    this.#current?.carrier.close();
  }

  // --- effects ---

  #handle(input: Input): void {
    this.#turn.take(this.#machine.handle(input, this.#env.now(), this.#env.random()));
    if (input.kind !== 'frame') {
      this.#tellStatus(); // a frame alone changes nothing that people see
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'discover':
        // Reports by an input of its own, whatever happens.
        return void this.#discover();
      case 'dial':
        return void this.#dial(effect);
      case 'greet':
        return this.#greet(effect.dial);
      case 'drop':
        return this.#drop(effect.dial);
      case 'farewell':
        return this.#sayGoodbye(effect.dial);
      case 'ping':
        return this.#slots.get(effect.dial)?.connection?.say({ kind: 'Ping', nonce: effect.nonce });
      case 'forget':
        return this.#identity.forget();
      case 'remember':
        return verdict.remember(this.#env, effect.transport);
      case 'timer':
        return this.#timer(effect.timer, effect.ms);
      case 'ended':
        return this.#ended(effect.reason);
    }
  }

  async #discover(): Promise<void> {
    this.#discovering.abort();
    this.#discovering = new AbortController();
    const { signal } = this.#discovering;
    try {
      const discovery = await this.#env.discover(signal);
      if (!signal.aborted) {
        this.#discovered(discovery);
      }
    } catch {
      if (!signal.aborted) {
        this.#handle({ kind: 'undiscovered' });
      }
    }
  }

  #discovered(discovery: Discovery): void {
    this.#discovery = discovery;
    this.#listener.discovered(discovery);
    const offered = this.#env.supported.filter((transport) =>
      transport === 'WebTransport' ? discovery.webtransport !== null : discovery.websocket !== null,
    );
    this.#handle({ kind: 'discovered', offered, verdict: verdict.recall(this.#env) });
  }

  async #dial({ dial, transport, fresh }: Extract<Effect, { kind: 'dial' }>): Promise<void> {
    const slot: Slot = { abort: new AbortController(), connection: null };
    const { signal } = slot.abort;
    this.#slots.set(dial, slot);
    try {
      const known = fresh ? null : this.#discovery;
      const discovery = known ?? (await this.#env.discover(signal));
      const carrier = await this.#env.dial(transport, discovery, signal);
      if (signal.aborted) {
        carrier.close();
        return;
      }
      this.#opened(dial, slot, carrier);
    } catch {
      this.#lost(dial);
    }
  }

  #opened(dial: Dial, slot: Slot, carrier: Carrier): void {
    const connection = new Connection<Membership>(carrier, {
      alive: () => this.#handle({ kind: 'frame', dial }),
      control: (event) => this.#control(dial, event),
      room: (member, event) => member.run(member.machine.hear(event, this.#env.now())),
      roomEnd: (member) => member.run(member.machine.laneEnded(this.#env.now())),
    });
    slot.connection = connection;
    // Resolves when the carrier ends, which is then an input.
    void carrier.closed.then(() => this.#lost(dial));
    this.#handle({ kind: 'opened', dial });
  }

  /** Hello, and every room's Join right behind it: one round trip brings all back. */
  #greet(dial: Dial): void {
    const connection = this.#slots.get(dial)?.connection ?? null;
    this.#leaveConnection();
    this.#current = connection;
    const { token, next } = this.#identity.greeting();
    connection?.say({ kind: 'Hello', version: VERSION, token, next, client: this.#env.client });
    for (const member of this.#members) {
      this.openLane(member);
    }
  }

  #control(dial: Dial, event: Event): void {
    switch (event.kind) {
      case 'Welcome':
        return this.#welcome(dial, event);
      case 'Pong':
        return this.#handle({ kind: 'pong', dial, nonce: event.nonce });
      case 'Bye':
        return this.#handle({ kind: 'bye', dial, bye: event });
      case 'Notice':
      case 'Roster':
      case 'Joined':
      case 'JoinRefused':
      case 'Entry':
      case 'Presence':
      case 'Ack':
      case 'Refused':
      case 'History':
      case 'Typing':
      case 'Left':
      case 'Rejected':
        return; // not said on the control lane, or without consequence there
    }
  }

  #welcome(dial: Dial, welcome: Welcome): void {
    this.#identity.welcomed();
    this.#listener.welcome(welcome);
    for (const member of this.#members) {
      member.machine.welcomed(welcome.resumed, welcome.limits.window);
    }
    this.#handle({ kind: 'welcome', dial });
  }

  #lost(dial: Dial): void {
    if (this.#slots.has(dial)) {
      this.#drop(dial);
      this.#handle({ kind: 'lost', dial });
    }
  }

  #drop(dial: Dial): void {
    const slot = this.#slots.get(dial);
    this.#slots.delete(dial);
    slot?.abort.abort();
    slot?.connection?.close();
    if (slot?.connection && slot.connection === this.#current) {
      this.#leaveConnection();
    }
  }

  #leaveConnection(): void {
    this.#current?.mute();
    this.#current = null;
    for (const member of this.#members) {
      member.machine.laneLost();
    }
  }

  #sayGoodbye(dial: Dial): void {
    const connection = this.#slots.get(dial)?.connection;
    this.#slots.delete(dial);
    this.#leaveConnection();
    connection?.say({ kind: 'Bye' });
    this.#env.after(FAREWELL_MS, () => connection?.close());
  }

  #ended(reason: string): void {
    for (const member of this.#members) {
      member.run(member.machine.ended(reason));
    }
  }

  #timer(timer: TimerName, ms: number | null): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
    if (ms !== null) {
      this.#timers.set(
        timer,
        this.#env.after(ms, () => this.#handle({ kind: 'timer', timer })),
      );
    }
  }

  #tellStatus(): void {
    const status = this.#machine.status;
    const told = JSON.stringify(status);
    if (told !== this.#told) {
      this.#told = told;
      this.#listener.status(status);
    }
  }
}
