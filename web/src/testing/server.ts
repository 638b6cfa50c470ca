// A server for tests: sessions, one log a room, marks and refusals as the protocol has them, and nothing else.

import {
  type Command,
  type Content,
  decodeCommand,
  type Entry,
  type Event,
  encodeEvent,
  type Member,
  type Refusal,
  type RefusalCode,
  type RoomRef,
  VERSION,
} from '../wire/protocol.ts';
import { FakeLog } from './fake-log.ts';
import type { FakeCarrier } from './world.ts';

const AT = 5_000_000;
const LIMITS = {
  frameBytes: 65_536,
  bodyChars: 4_000,
  nickGraphemes: 32,
  roomGraphemes: 64,
  rooms: 16,
  window: 8,
  graceMs: 15_000,
};

interface Session {
  readonly id: number;
  token: string;
  previous: string | null;
  readonly marks: Map<string, { number: number; refused: Map<number, RefusalCode> }>;
}

interface Conn {
  session: Session | null;
  readonly rooms: Map<number, Room>;
}

/** One session of a member. */
interface Seat {
  readonly id: number;
  readonly member: Member;
  carrier: FakeCarrier | null;
  readonly lane: number;
}

interface Room {
  readonly name: string;
  readonly secret: boolean;
  readonly log: FakeLog;
  away: ReadonlySet<number>;
  seats: Seat[];
  /** How far members have read, by their ids. */
  readonly read: Map<number, number>;
}

export class FakeServer {
  epoch = 7;
  /** Entries in a page. */
  page = 5;
  /** Whether those who come and go are told of to the others. */
  announces = false;
  /** Says nothing to a Hello. */
  mute = false;
  /** Whether this send is refused for now. */
  throttle: () => boolean = () => false;
  /** Whether it has no room for messages. */
  full: () => boolean = () => false;
  /** Every command heard, in order. */
  readonly heard: Command[] = [];
  readonly rooms = new Map<string, Room>();
  readonly #conns = new Map<FakeCarrier, Conn>();
  /** Members, by their secrets. */
  readonly #people = new Map<string, number>();
  #sessions: Session[] = [];
  #ids = 0;

  get connections(): number {
    return [...this.#conns.values()].filter((conn) => conn.session !== null).length;
  }

  texts(room: string): string[] {
    return (this.rooms.get(room)?.log.entries ?? []).flatMap(({ content }) =>
      content.kind === 'Text' ? content.body : [],
    );
  }

  /** As after a loss of all data. */
  forgetAll(): void {
    this.#sessions = [];
    this.rooms.clear();
    this.epoch += 1;
  }

  /** As after a restored backup: only so many entries are left, and the marks that go with them. */
  rewind(name: string, entries: number): void {
    const { log } = this.#room(name);
    log.rewind(entries);
    for (const { id, marks } of this.#sessions) {
      const own = log.entries.filter(({ seat }) => seat === id).map(({ number }) => number);
      marks.set(name, { number: Math.max(0, ...own), refused: new Map() });
    }
    this.epoch += 1;
  }

  forgetSessions(): void {
    this.#sessions = [];
  }

  connect(carrier: FakeCarrier): void {
    this.#conns.set(carrier, { session: null, rooms: new Map() });
  }

  disconnect(carrier: FakeCarrier): void {
    for (const room of this.rooms.values()) {
      for (const seat of room.seats.filter((seat) => seat.carrier === carrier)) {
        seat.carrier = null;
      }
    }
    this.#conns.delete(carrier);
  }

  say(carrier: FakeCarrier, lane: number, event: Event): void {
    carrier.deliver(lane, encodeEvent(event));
  }

  /** Somebody else says something. */
  post(name: string, body: string): void {
    this.commit(name, { kind: 'Text', body, reply: null });
  }

  /** Somebody else, of whom the server asks nothing. */
  commit(name: string, content: Content, by: Member = { id: 99, nick: 'bob' }): void {
    this.#commit(this.#room(name), { member: by, id: 0 }, 0, content);
  }

  bye(carrier: FakeCarrier, code: 'Draining' | 'Replaced' | 'Slow' | 'TokenReused', ms: number | null): void {
    const retry = ms === null ? ({ kind: 'Stop' } as const) : ({ kind: 'After', ms } as const);
    this.say(carrier, 0, { kind: 'Bye', code, text: code, retry });
    carrier.finish();
  }

  receive(carrier: FakeCarrier, lane: number, payload: Uint8Array): void {
    const conn = this.#conns.get(carrier);
    const command = decodeCommand(payload);
    this.heard.push(command);
    if (conn === undefined || (conn.session === null && command.kind !== 'Hello')) {
      return;
    }
    this.#obey(carrier, conn, lane, command);
  }

  #obey(carrier: FakeCarrier, conn: Conn, lane: number, command: Command): void {
    const room = conn.rooms.get(lane);
    switch (command.kind) {
      case 'Hello':
        return this.#hello(carrier, conn, command);
      case 'Bye':
        return this.bye(carrier, 'Replaced', null);
      case 'Ping':
        return this.say(carrier, 0, { kind: 'Pong', nonce: command.nonce, now: AT });
      case 'Join':
        return this.#join(carrier, conn, lane, command);
      case 'Leave':
        return this.#leave(carrier, conn, lane);
      case 'Send':
        return room && this.#send(carrier, conn, lane, command);
      case 'History': {
        const page = room?.log.page(command.range, this.page);
        return page && this.say(carrier, lane, { kind: 'History', ...page });
      }
      case 'Look': {
        const entries = room?.log.entries.filter(({ seq }) => command.seqs.includes(seq)) ?? [];
        const asOf = room?.log.head ?? 0;
        return this.say(carrier, lane, { kind: 'Looked', entries, more: false, newer: false, asOf });
      }
      case 'Search':
        return room && this.say(carrier, lane, { kind: 'Found', ...found(room.log, command) });
      case 'Rooms':
        return this.say(carrier, 0, { kind: 'Rooms', rooms: this.#public(command.like), more: false });
      case 'Invite':
        return room && this.#invite(room, conn, command);
      case 'Away':
        return this.#away(conn, command.away);
      case 'Read':
        return room && this.#read(room, conn, command.seq);
      case 'Typing':
      case 'Moved':
        return;
    }
  }

  #hello(carrier: FakeCarrier, conn: Conn, hello: Extract<Command, { kind: 'Hello' }>): void {
    if (this.mute) {
      return;
    }
    const [token, next] = [hello.token?.join() ?? null, hello.next.join()];
    const known = this.#sessions.find(
      (session) => session.token === token || (session.previous === token && session.token === next),
    );
    const session = known ?? this.#newSession();
    session.previous = token;
    session.token = next;
    for (const [other, { session: theirs }] of this.#conns) {
      if (theirs === session && other !== carrier) {
        this.bye(other, 'Replaced', null);
        this.disconnect(other);
      }
    }
    conn.session = session;
    const { epoch } = this;
    const rest = { epoch, now: AT, server: 'fake', limits: LIMITS };
    this.say(carrier, 0, { kind: 'Welcome', version: VERSION, resumed: known !== undefined, ...rest });
  }

  #newSession(): Session {
    this.#ids += 1;
    const session: Session = { id: this.#ids, token: '', previous: null, marks: new Map() };
    this.#sessions.push(session);
    return session;
  }

  #join(carrier: FakeCarrier, conn: Conn, lane: number, join: Extract<Command, { kind: 'Join' }>): void {
    const room = this.#named(join.room);
    const member = { id: this.#person(join.member), nick: join.nick };
    const id = conn.session?.id ?? 0;
    const before = room.seats;
    if (before.some(({ member: other }) => other.nick === member.nick && other.id !== member.id)) {
      const refusal: Refusal = { code: 'NameInUse', text: 'Username is in use!', retry: false, retryAfterMs: 0 };
      this.say(carrier, lane, { kind: 'JoinRefused', refusal, suggestions: ['ann2'] });
      return;
    }
    const others = before.filter((seat) => seat.id !== id);
    room.seats = [...others.map((seat) => (seat.member.id === member.id ? { ...seat, member } : seat))];
    room.seats.push({ id, member, carrier, lane });
    conn.rooms.set(lane, room);
    this.#tellOfCame(room, before, { member, carrier });
    if (!before.some((seat) => seat.id === id)) {
      this.say(carrier, lane, { kind: 'Notice', at: AT, text: 'Welcome!' });
    }
    const members = membersOf(room);
    this.say(carrier, lane, { kind: 'Roster', room: room.name, members, more: false, away: [...room.away] });
    this.#joined(carrier, lane, room, member.id, join.cursor?.epoch === this.epoch ? join.cursor.seq : null, conn);
  }

  /** To everybody else: somebody new, or somebody under another name. */
  #tellOfCame(
    room: Room,
    before: readonly Seat[],
    { member, carrier }: { readonly member: Member; readonly carrier: FakeCarrier },
  ): void {
    const old = before.find((seat) => seat.member.id === member.id)?.member;
    if (old !== undefined && old.nick !== member.nick) {
      this.#tellAll(room, { kind: 'Presence', at: AT, change: { kind: 'Left', member: old } }, carrier);
    }
    if (old === undefined ? this.announces : old.nick !== member.nick) {
      this.#tellAll(room, { kind: 'Presence', at: AT, change: { kind: 'Joined', member } }, carrier);
    }
  }

  #person(secret: Uint8Array): number {
    const key = secret.join();
    const id = this.#people.get(key) ?? this.#people.size + 1;
    this.#people.set(key, id);
    return id;
  }

  #read(room: Room, conn: Conn, seq: number): void {
    const own = seatOf(room, conn);
    if (own !== undefined && (room.read.get(own.member.id) ?? 0) < seq) {
      room.read.set(own.member.id, seq);
      for (const seat of room.seats.filter(({ id, member }) => id !== own.id && member.id === own.member.id)) {
        if (seat.carrier !== null) {
          this.say(seat.carrier, seat.lane, { kind: 'Read', seq });
        }
      }
    }
  }

  #joined(carrier: FakeCarrier, lane: number, room: Room, you: number, held: number | null, conn: Conn): void {
    const { number, refused } = this.#mark(conn, this.#keyOf(room));
    const { head, topic } = room.log;
    const continues = held !== null && head - held <= this.page;
    const start = continues ? held : Math.max(0, head - this.page);
    this.say(carrier, lane, {
      kind: 'Joined',
      you,
      room: room.name,
      epoch: this.epoch,
      head,
      continues,
      topic,
      page: room.log.page({ kind: 'After', seq: start }, head - start),
      mark: { number, refused: [...refused].map(([number, code]) => ({ number, code })) },
      seat: conn.session?.id ?? 0,
      read: room.read.get(you) ?? 0,
    });
  }

  #send(carrier: FakeCarrier, conn: Conn, lane: number, send: Extract<Command, { kind: 'Send' }>): void {
    const room = conn.rooms.get(lane);
    const seat = room && seatOf(room, conn);
    if (room === undefined || seat === undefined) {
      return;
    }
    const mark = this.#mark(conn, this.#keyOf(room));
    const refuse = (code: RefusalCode, text: string, retry: boolean): void =>
      this.say(carrier, lane, {
        kind: 'Refused',
        number: send.number,
        refusal: { code, text, retry, retryAfterMs: retry ? 700 : 0 },
      });
    const code = mark.refused.get(send.number) ?? room.log.flaw(seat.member.id, send.content);
    if (send.number > mark.number + 1) {
      refuse('NumberSkipped', 'skipped', true);
    } else if (send.number <= mark.number && !mark.refused.has(send.number)) {
      this.say(carrier, lane, { kind: 'Ack', number: send.number });
    } else if (code !== null) {
      mark.refused.set(send.number, code);
      mark.number = Math.max(mark.number, send.number);
      refuse(code, 'Profanity is not allowed!', false);
    } else if (this.throttle()) {
      refuse('TooFast', 'Slow down!', true);
    } else if (this.full()) {
      refuse('LogUnavailable', 'The message cannot be stored right now.', true);
    } else {
      mark.number = send.number;
      this.#commit(room, seat, send.number, send.content);
      this.say(carrier, lane, { kind: 'Ack', number: send.number });
    }
  }

  #commit(room: Room, { member, id: seat }: Pick<Seat, 'member' | 'id'>, number: number, content: Content): void {
    const entry = room.log.commit(member, { seat, number }, content);
    this.#tellAll(room, { kind: 'Entry', ...entry });
  }

  /** All seats of the member go. */
  #leave(carrier: FakeCarrier, conn: Conn, lane: number): void {
    const room = conn.rooms.get(lane);
    const member = room && seatOf(room, conn)?.member;
    if (room === undefined || member === undefined) {
      return this.say(carrier, lane, { kind: 'Left' });
    }
    for (const seat of room.seats.filter((seat) => seat.member.id === member.id && seat.carrier !== null)) {
      this.say(seat.carrier ?? carrier, seat.lane, { kind: 'Left' });
      this.#conns.get(seat.carrier ?? carrier)?.rooms.delete(seat.lane);
    }
    room.seats = room.seats.filter((seat) => seat.member.id !== member.id);
    if (this.announces) {
      this.#tellAll(room, { kind: 'Presence', at: AT, change: { kind: 'Left', member } });
    }
  }

  #tellAll(room: Room, event: Event, but: FakeCarrier | null = null): void {
    for (const { carrier, lane } of room.seats) {
      if (carrier !== null && carrier !== but) {
        this.say(carrier, lane, event);
      }
    }
  }

  #invite(room: Room, conn: Conn, { to, key, name }: Extract<Command, { kind: 'Invite' }>): void {
    const from = seatOf(room, conn)?.member;
    for (const { carrier, lane } of room.seats.filter(({ member }) => member.id === to)) {
      if (from !== undefined && carrier !== null) {
        this.say(carrier, lane, { kind: 'Invited', from, key, name });
      }
    }
  }

  #away(conn: Conn, away: boolean): void {
    for (const room of conn.rooms.values()) {
      const member = seatOf(room, conn)?.member.id ?? 0;
      const others = [...room.away].filter((id) => id !== member);
      room.away = new Set(away ? [...others, member] : others);
      this.#tellAll(room, { kind: 'Presence', at: AT, change: { kind: away ? 'Away' : 'Back', member } });
    }
  }

  #public(like: string): { name: string; topic: string; members: number }[] {
    const rooms = [...this.rooms.values()].filter(({ secret, name }) => !secret && name.includes(like));
    return rooms.map((room) => ({ name: room.name, topic: room.log.topic, members: membersOf(room).length }));
  }

  #mark(conn: Conn, room: string): { number: number; refused: Map<number, RefusalCode> } {
    const marks = conn.session?.marks ?? new Map();
    const mark = marks.get(room) ?? { number: 0, refused: new Map() };
    marks.set(room, mark);
    return mark;
  }

  #named(ref: RoomRef): Room {
    return ref.kind === 'Named' ? this.#room(ref.name) : this.#room(`key ${ref.key.join()}`, ref.name);
  }

  #keyOf(room: Room): string {
    return [...this.rooms].find(([, other]) => other === room)?.[0] ?? room.name;
  }

  #room(key: string, secretName: string | null = null): Room {
    const fresh = { name: secretName ?? key, secret: secretName !== null, log: new FakeLog() };
    const room = this.rooms.get(key) ?? {
      ...fresh,
      away: new Set<number>(),
      seats: [],
      read: new Map<number, number>(),
    };
    this.rooms.set(key, room);
    return room;
  }
}

function seatOf(room: Room, { session }: Conn): Seat | undefined {
  return room.seats.find(({ id }) => id === session?.id);
}

/** Each member once, in the order of coming. */
function membersOf({ seats }: Room): Member[] {
  return [...new Map(seats.map(({ member }) => [member.id, member])).values()];
}

function found(log: FakeLog, search: Extract<Command, { kind: 'Search' }>): { hits: Entry[]; more: boolean } {
  const { text, from, after, before, below } = search;
  const hits = log.entries.filter(
    ({ content, nick, at, seq }) =>
      content.kind === 'Text' &&
      content.body.includes(text) &&
      (from === null || from === nick) &&
      (after === null || at >= after) &&
      (before === null || at < before) &&
      seq < below,
  );
  return { hits: hits.reverse().slice(0, search.limit), more: hits.length > search.limit };
}
