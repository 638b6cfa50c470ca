// The driver of a session: carries out what the link's machine decides, over the carriers of the environment, and brings
// every room along when the connection changes. It decides nothing itself.

import type { Carrier } from '../transport/carrier.ts';
import { type Command, type Event, type RoomCard, VERSION, type Welcome } from '../wire/protocol.ts';
import { Comeback } from './comeback.ts';
import { Connection } from './connection.ts';
import type { Discovery, Environment } from './environment.ts';
import { Identity } from './identity.ts';
import { LinkMachine } from './link.ts';
import type { Effect, Input, TimerName } from './link-types.ts';
import { Lobby } from './lobby.ts';
import type { Membership, Parts, RoomHost } from './membership.ts';
import type { Move } from './moves.ts';
import type { Status } from './phase.ts';
import type { Dial } from './race.ts';
import type { Sentence } from './sentence.ts';
import type { Lodging, Unsent } from './slot.ts';
import { Slots } from './slots.ts';
import { Timers } from './timers.ts';
import { Turn } from './turn.ts';
import * as verdict from './verdict.ts';
import { VitalSigns, type Vitals } from './vitals.ts';

/** How long the old connection may take to say goodbye. */
const FAREWELL_MS = 1_000;
const ID_BYTES = 4;

export interface SessionListener {
  status(status: Status): void;
  discovered(discovery: Discovery): void;
  welcome(welcome: Welcome): void;
  /** The session goes on over another connection: all such moves, the oldest first. */
  moved(moves: readonly Move[]): void;
  /** Something was measured. */
  measured(vitals: Vitals): void;
}

interface Slot {
  readonly abort: AbortController;
  connection: Connection<Membership> | null;
}

export class Session implements RoomHost {
  readonly #env: Environment;
  readonly #listener: SessionListener;
  readonly #kept: Slots;
  readonly #identity: Identity;
  readonly #machine = new LinkMachine();
  readonly #signs: VitalSigns;
  readonly #turn = new Turn<Effect>((effect) => this.#carryOut(effect));
  readonly #slots = new Map<Dial, Slot>();
  readonly #timers: Timers<TimerName>;
  readonly #members = new Set<Membership>();
  readonly #comeback = new Comeback<Membership>((member) => this.openLane(member));
  readonly #lobby: Lobby;
  #discovering = new AbortController();
  #discovery: Discovery | null = null;
  /** The connection that has greeted last: the rooms' lanes are there. */
  #current: Connection<Membership> | null = null;
  #told = '';
  /** One after another, because each may change who one is. */
  #prepared: Promise<void> = Promise.resolve();

  constructor(env: Environment, listener: SessionListener, signal: AbortSignal) {
    this.#env = env;
    this.#listener = listener;
    this.#kept = new Slots(env, signal);
    this.#identity = new Identity(env, this.#kept);
    this.#signs = new VitalSigns(env.randomBytes(ID_BYTES), (vitals) => listener.measured(vitals));
    this.#timers = new Timers(env);
    this.#lobby = new Lobby(env, (command) => this.#current?.say(command));
    env.watch((event) => this.#handle({ kind: event }), signal);
    signal.addEventListener('abort', () => this.stop({ code: 'Closed', text: 'The chat is closed.' }), { once: true });
    this.#tellStatus();
  }

  /** Connects, or tries at once instead of waiting. */
  start(): void {
    this.#handle({ kind: 'start' });
    void this.#identity.greeting(); // never rejects; drawn and kept by the time that there is a connection
  }

  /** Ends the session for good and forgets who one was; `again` connects anew, as somebody else. */
  farewell(again: boolean): void {
    this.#kept.part();
    this.#handle({ kind: 'farewell', again });
  }

  /** Ends the connection; the server keeps the names for a while, and `start` resumes. */
  stop(reason: Sentence): void {
    this.#handle({ kind: 'stop', reason });
  }

  /** To be awaited before the first room is joined: what was left unsent in it goes on with the session that left it. */
  prepare(lodging: Lodging): Promise<void> {
    this.#prepared = this.#prepared.then(() => this.#turnTo(lodging)).catch(() => undefined);
    return this.#prepared;
  }

  /** What waits on this device for somebody to open its room. */
  unsent(): Promise<readonly Unsent[]> {
    return this.#kept.unsent([...this.#members].map(({ machine }) => machine.place.id));
  }

  /** `id`: the room's identity. */
  discardUnsent(id: string, nick: string): Promise<void> {
    return this.#kept.discard(id, nick);
  }

  /** The rooms that this session was in when its page ended. After `prepare`. */
  lodgings(): readonly Lodging[] {
    return this.#kept.opened.lodgings();
  }

  /** The rooms that other pages of this device are in. Never rejects. */
  siblings(): Promise<readonly Lodging[]> {
    return this.#kept.siblings();
  }

  /** Public rooms whose name holds this; null if the server does not say. */
  rooms(like: string): Promise<readonly RoomCard[] | null> {
    return this.#lobby.rooms(like);
  }

  setAway(away: boolean): void {
    this.#lobby.setAway(away);
  }

  /** After `prepare`. */
  enter(make: (parts: Parts) => Membership): Membership {
    const member = make({ env: this.#env, slot: this.#kept.opened, host: this });
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
    // Nothing else is waited for so eagerly.
    if (command.kind === 'Send') {
      this.#handle({ kind: 'spoke' });
    }
  }

  over(member: Membership): void {
    this.#members.delete(member);
    this.#comeback.withdraw(member);
    this.#current?.closeRoom(member);
  }

  broken(): void {
    this.#current?.carrier.close();
  }

  renamed({ machine: { place, who } }: Membership, from: string): void {
    void this.#kept.rename(place.id, from, who.nick); // never rejects, and nobody waits for it
  }

  async #turnTo({ place, nick }: Lodging): Promise<void> {
    const other = this.#members.size === 0 ? await this.#kept.find(place.id, nick) : null;
    if (other !== null) {
      this.#handle({ kind: 'farewell', again: true });
      this.#kept.turnTo(other);
    }
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
        return void this.#greet(effect.dial); // never rejects
      case 'drop':
        return this.#drop(effect.dial);
      case 'farewell':
        return this.#sayGoodbye(effect.dial);
      case 'ping':
        return this.#slots.get(effect.dial)?.connection?.say({ kind: 'Ping', nonce: effect.nonce });
      case 'forget':
        return this.#identity.forget();
      case 'moved':
        return this.#moved(effect);
      case 'trip':
        return this.#signs.trip(effect.trip);
      case 'unanswered':
        return this.#signs.unanswered(effect.count);
      case 'remember':
        return verdict.remember(this.#env, effect.transport);
      case 'timer':
        return this.#timers.set(effect.timer, effect.ms, () => this.#handle({ kind: 'timer', timer: effect.timer }));
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
    this.#signs.offered(this.#env.supported, offered);
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
      this.#signs.dialled(transport, null);
    } catch (error) {
      this.#signs.dialled(transport, signal.aborted ? { kind: 'silent' } : { kind: 'failed', text: String(error) });
      this.#lost(dial);
    }
  }

  #opened(dial: Dial, slot: Slot, carrier: Carrier): void {
    const connection = new Connection<Membership>(carrier, {
      alive: (from) => this.#handle({ kind: 'frame', dial, from, awaiting: connection.awaiting }),
      control: (event) => this.#control(dial, event),
      room: (member, event) => {
        member.run(member.machine.hear(event, this.#env.now()));
        this.#comeback.heard(event);
      },
      roomEnd: (member) => {
        member.run(member.machine.laneEnded(this.#env.now()));
        this.#comeback.next();
      },
    });
    slot.connection = connection;
    // Resolves when the carrier ends, which is then an input.
    void carrier.closed.then(() => this.#lost(dial));
    this.#handle({ kind: 'opened', dial });
  }

  /** Hello, and every room's Join right behind it: one round trip brings all back. */
  async #greet(dial: Dial): Promise<void> {
    const connection = this.#slots.get(dial)?.connection ?? null;
    const { token, next } = await this.#identity.greeting();
    if (connection === null || this.#slots.get(dial)?.connection !== connection) {
      return; // given up meanwhile
    }
    this.#leaveConnection();
    this.#current = connection;
    connection.say({
      kind: 'Hello',
      version: VERSION,
      token,
      next,
      client: `${this.#env.client} ${this.#signs.now.id}`,
    });
    this.#comeback.begin(this.#members);
  }

  #control(dial: Dial, event: Event): void {
    this.#comeback.heard(event);
    switch (event.kind) {
      case 'Welcome':
        return this.#welcome(dial, event);
      case 'Pong':
        return this.#handle({ kind: 'pong', dial, nonce: event.nonce });
      case 'Bye':
        return this.#handle({ kind: 'bye', dial, bye: event });
      case 'Rooms':
        return this.#lobby.found(event.rooms);
      case 'Rejected':
        return this.#lobby.rejected(event.refusal);
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
      case 'Looked':
      case 'Found':
      case 'Invited':
      case 'Read':
        return; // not said on the control lane, or without consequence there
    }
  }

  #welcome(dial: Dial, welcome: Welcome): void {
    this.#identity.welcomed();
    this.#listener.welcome(welcome);
    this.#signs.welcomed(welcome.server, welcome.resumed);
    for (const member of this.#members) {
      member.machine.welcomed(welcome.limits.window);
    }
    this.#handle({ kind: 'welcome', dial, resumed: welcome.resumed });
    this.#lobby.welcomed();
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
    this.#lobby.lost();
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

  #moved({ dial, move, tell }: Extract<Effect, { kind: 'moved' }>): void {
    if (tell) {
      this.#slots.get(dial)?.connection?.say({ kind: 'Moved', from: move.from, reason: move.reason });
    }
    this.#listener.moved(this.#machine.moves);
  }

  #ended(reason: Sentence): void {
    this.#lobby.ended();
    for (const member of this.#members) {
      member.run(member.machine.ended(reason));
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
