// The chat as the user interface has it: one session, many rooms, one of them open, and signals that always show the
// present state.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Discovery, Environment } from '../session/environment.ts';
import type { Sentence } from '../session/sentence.ts';
import { Session } from '../session/session.ts';
import type { Welcome, Content as WireContent } from '../wire/protocol.ts';
import { Arrivals } from './arriving.ts';
import type { DeviceLink } from './device-link.ts';
import { Ignored } from './ignored.ts';
import { furnishRooms, Rooms } from './rooms.ts';
import { searched } from './searching.ts';
import type { Stay } from './stay.ts';
import { onWire, placeOf, targetOf } from './targets.ts';
import { Throttle } from './throttle.ts';
import type {
  Chat,
  Connection,
  JoinResult,
  JumpTarget,
  Member,
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
  Unsent,
  Vitals,
} from './types.ts';

const TYPING_EVERY_MS = 3_000;
/** In larger rooms nobody looks at who is writing. */
const TYPING_MEMBERS = 100;
/** Until the server says what it accepts. */
const LIMITS = { bodyChars: 4_000, nickGraphemes: 32, roomGraphemes: 64 };
const NOT_IN_A_ROOM: Sentence = { code: 'NotInARoom', text: 'You are not in a room.' };

/** Connects at once. After the signal nothing is sent or received any more. */
export function createChat(env: Environment, signal: AbortSignal = new AbortController().signal): Chat {
  return new SignalChat(env, signal);
}

class SignalChat implements Chat {
  readonly connection = signal<Connection>({ kind: 'connecting' });
  readonly moves = signal<readonly Move[]>([]);
  readonly vitals = signal<Vitals | null>(null);
  readonly rooms = signal<readonly RoomCard[]>([]);
  readonly room = signal<Room | null>(null);
  readonly limits = signal(LIMITS);
  readonly throttledUntil: ReadonlySignal<number | null>;
  readonly serverFull: ReadonlySignal<boolean>;
  readonly mapUrl = signal('');
  readonly unsent = signal<readonly Unsent[]>([]);
  readonly parting = signal<Parting | null>(null);
  readonly ignored: ReadonlySignal<ReadonlySet<string>>;
  readonly #env: Environment;
  readonly #session: Session;
  readonly #ignored: Ignored;
  readonly #rooms: Rooms;
  readonly #arrivals: Arrivals;
  readonly #listeners = new Set<(news: News) => void>();
  readonly #heirs = new Set<(gone: string, by: string) => void>();
  /** Milliseconds that the server's clock is ahead. */
  #ahead = 0;
  #typedAt = 0;
  #publishing = false;
  #cards = '';
  /** The last room that is left, until it is. */
  #leaving: Promise<void> = Promise.resolve();

  constructor(env: Environment, abort: AbortSignal) {
    this.#env = env;
    const throttle = new Throttle(env);
    this.throttledUntil = throttle.until;
    this.serverFull = throttle.full;
    this.#ignored = new Ignored(env);
    this.ignored = this.#ignored.names;
    this.#session = new Session(env, this.#listener(), abort);
    const listener = {
      changed: () => this.#publishSoon(),
      news: (news: News) => {
        for (const listener of this.#listeners) {
          listener(news);
        }
      },
      throttled: (until: number, full: boolean) => throttle.set(until, full),
      expelled: (why: Sentence) => this.#session.stop(why),
      replaced: (gone: string, by: string) => {
        for (const heir of this.#heirs) {
          heir(gone, by);
        }
      },
      parted: (parting: Parting) => this.#parted(parting),
    };
    this.#rooms = new Rooms({ env, session: this.#session, ignored: this.#ignored }, listener, abort);
    const { connection } = this;
    this.#arrivals = new Arrivals({ env, session: this.#session, rooms: this.#rooms, connection }, abort, (id) => {
      this.forgetParting();
      this.activate(id);
    });
    this.#session.start();
    void furnishRooms().catch(() => undefined); // whoever joins asks again
    void this.#lookForUnsent();
  }

  onNews(listener: (news: News) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  onReplaced(heir: (gone: string, by: string) => void, signal: AbortSignal): void {
    this.#heirs.add(heir);
    signal.addEventListener('abort', () => this.#heirs.delete(heir), { once: true });
  }

  forgetParting(): void {
    this.parting.value = null;
  }

  // --- rooms ---

  async join(target: RoomTarget, nick: string): Promise<JoinResult> {
    if (this.#rooms.stays.size === 0) {
      await this.#leaving; // or what waits unsent in the room could not be taken over
    }
    return this.#arrivals.join(target, nick).finally(() => void this.#lookForUnsent()); // never rejects
  }

  activate(id: string): void {
    this.#rooms.open(id);
    this.#publish();
  }

  async leave(id?: string): Promise<void> {
    const stay = id === undefined ? this.#rooms.active : this.#rooms.stays.get(id);
    if (stay !== undefined && stay !== null) {
      this.#leaving = this.#goFrom(stay);
      this.#publish();
      await this.#leaving;
    }
    void this.#lookForUnsent(); // never rejects, and nobody waits for it
  }

  message(member: Member): Promise<JoinResult> {
    const { active, directs } = this.#rooms;
    if (active === null) {
      return Promise.resolve(notInARoom());
    }
    const there = directs.with(member.nick);
    return there === undefined
      ? this.#arrivals.enter(directs.draw(active, member))
      : this.#arrivals.again(there, there.view.nick);
  }

  rename(nick: string): Promise<JoinResult> {
    return this.#rooms.active?.rename(nick) ?? Promise.resolve(notInARoom());
  }

  async discardUnsent({ target, nick }: Unsent): Promise<void> {
    await this.#session.discardUnsent(placeOf(target).id, nick);
    await this.#lookForUnsent();
  }

  // --- the open room ---

  send(content: Sendable, reply?: number): Promise<SendResult> {
    this.#typedAt = 0;
    return this.#say(onWire(content, reply ?? null));
  }

  edit(of: number, body: string): Promise<SendResult> {
    this.#forgetFailed(of);
    return this.#say({ kind: 'Edit', of, body });
  }

  remove(of: number): Promise<SendResult> {
    this.#forgetFailed(of);
    return this.#say({ kind: 'Delete', of });
  }

  react(of: number, emoji: string, on: boolean): Promise<SendResult> {
    return this.#say({ kind: 'React', of, emoji, on });
  }

  setTopic(text: string): Promise<SendResult> {
    return this.#say({ kind: 'Topic', text });
  }

  forgetAmending(seq: number): void {
    this.#rooms.active?.forgetAmending(seq);
  }

  retry(key: string): void {
    if (this.#rooms.active?.retry(key) && this.connection.value.kind === 'closed') {
      this.reconnectNow();
    }
  }

  discard(key: string): void {
    this.#rooms.active?.discard(key);
  }

  loadOlder(): void {
    this.#load('older');
  }

  loadNewer(): void {
    this.#load('newer');
  }

  async jump(to: JumpTarget): Promise<boolean> {
    const going = this.#rooms.active?.asking.jump(to) ?? false;
    this.#publish();
    const there = await going;
    this.#publish();
    return there;
  }

  look(seq: number): void {
    this.#rooms.active?.asking.look(seq);
  }

  markRead(seq: number): void {
    const { active } = this.#rooms;
    if (active !== null) {
      this.#rooms.markRead(active, seq);
    }
  }

  markAllRead(): void {
    for (const stay of this.#rooms.stays.values()) {
      this.#rooms.markRead(stay, stay.view.head);
    }
  }

  typing(): void {
    const now = this.#env.now();
    const members = this.#rooms.active?.view.members.length ?? 0;
    if (now - this.#typedAt >= TYPING_EVERY_MS && members <= TYPING_MEMBERS) {
      this.#typedAt = now;
      this.#rooms.active?.typing();
    }
  }

  // --- the whole ---

  setAway(away: boolean): void {
    this.#session.setAway(away);
  }

  ignore(nick: string, on: boolean): void {
    this.#ignored.set(nick, on);
  }

  async directory(like: string): Promise<readonly PublicRoom[]> {
    return this.connection.value.kind === 'live' ? ((await this.#session.rooms(like)) ?? []) : [];
  }

  search(query: SearchQuery): Promise<readonly SearchHit[]> {
    // Where one is not yet, the question waits until one is.
    const all = [...this.#rooms.stays.values()].filter(({ isOver }) => !isOver);
    return searched(query.room === undefined ? all : all.filter(({ id }) => id === query.room), query);
  }

  async deviceLink(): Promise<string> {
    const { deviceLinkTo } = await import('./device-link.ts');
    return deviceLinkTo(this.#env.origin, this.#rooms.selves());
  }

  takeOver(link: DeviceLink): Promise<JoinResult> {
    return this.#arrivals.takeOver(link);
  }

  reconnectNow(): void {
    for (const stay of this.#rooms.stays.values()) {
      stay.enterAgain();
    }
    this.#session.start();
  }

  // --- going ---

  #parted(parting: Parting): void {
    this.parting.value = parting;
    this.#publish();
    this.#partIfAlone();
    void this.#lookForUnsent(); // never rejects
  }

  async #goFrom(stay: Stay): Promise<void> {
    await this.#rooms.leave(stay);
    this.#partIfAlone();
  }

  /** Whoever is in no room any more is nobody, and no name is held. */
  #partIfAlone(): void {
    if (this.#rooms.stays.size === 0) {
      this.#session.farewell(true);
    }
  }

  // --- helpers ---

  #say(content: WireContent): Promise<SendResult> {
    const { active } = this.#rooms;
    return active?.view.isShown
      ? active.send(content, this.#serverNow())
      : Promise.resolve({ kind: 'failed', ...NOT_IN_A_ROOM });
  }

  /** What is tried again need not be kept. */
  #forgetFailed(seq: number): void {
    const { active } = this.#rooms;
    if (active?.view.timeline.own.hasFailed(seq)) {
      active.forgetAmending(seq);
    }
  }

  #load(what: 'older' | 'newer'): void {
    this.#rooms.active?.asking.load(what);
    this.#publishSoon();
  }

  /** Never rejects. */
  async #lookForUnsent(): Promise<void> {
    const found = await this.#session.unsent().catch(() => []);
    this.unsent.value = found.map(({ place, nick, count }) => {
      return { room: place.name, target: targetOf(place), nick, count };
    });
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
      moved: (moves) => {
        this.moves.value = moves;
      },
      measured: (vitals) => {
        this.vitals.value = vitals;
      },
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

  /** Once for all that comes in one go: a page of frames is one new state. */
  #publishSoon(): void {
    if (!this.#publishing) {
      this.#publishing = true;
      queueMicrotask(() => this.#publish());
    }
  }

  #publish(): void {
    this.#publishing = false;
    const cards = this.#rooms.cards();
    const told = JSON.stringify(cards);
    if (told !== this.#cards) {
      this.#cards = told;
      this.rooms.value = cards;
    }
    this.room.value = this.#rooms.room();
  }
}

function notInARoom(): JoinResult {
  return { ok: false, refusal: { ...NOT_IN_A_ROOM, field: 'form', suggestions: [] } };
}
