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
  VERSION,
} from '../wire/protocol.ts';
import type { FakeCarrier } from './world.ts';

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

interface Room {
  readonly name: string;
  readonly entries: Entry[];
  members: { readonly member: Member; carrier: FakeCarrier | null; lane: number }[];
}

export class FakeServer {
  epoch = 7;
  /** Entries in a page. */
  page = 5;
  /** Says nothing to a Hello. */
  mute = false;
  /** Whether this send is refused for now. */
  throttle: () => boolean = () => false;
  /** Every command heard, in order. */
  readonly heard: Command[] = [];
  readonly rooms = new Map<string, Room>();
  readonly #conns = new Map<FakeCarrier, Conn>();
  #sessions: Session[] = [];
  #ids = 0;

  get connections(): number {
    return [...this.#conns.values()].filter((conn) => conn.session !== null).length;
  }

  texts(room: string): string[] {
    return (this.rooms.get(room)?.entries ?? []).map(({ content }) => (content.kind === 'Text' ? content.body : '?'));
  }

  /** As after a loss of all data. */
  forgetAll(): void {
    this.#sessions = [];
    this.rooms.clear();
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
      for (const seat of room.members.filter((seat) => seat.carrier === carrier)) {
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
    this.#commit(this.#room(name), { id: 99, nick: 'bob' }, 0, { kind: 'Text', body });
  }

  bye(carrier: FakeCarrier, code: 'Draining' | 'Replaced' | 'TokenReused', ms: number | null): void {
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
        return this.say(carrier, 0, { kind: 'Pong', nonce: command.nonce, now: 5_000_000 });
      case 'Join':
        return this.#join(carrier, conn, lane, command);
      case 'Leave':
        this.say(carrier, lane, { kind: 'Left' });
        return void conn.rooms.delete(lane);
      case 'Send':
        return room && this.#send(carrier, conn, lane, command);
      case 'History':
        return room && this.#history(carrier, lane, room, command);
      case 'Typing':
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
    const rest = { epoch, now: 5_000_000, server: 'fake', limits: LIMITS };
    this.say(carrier, 0, { kind: 'Welcome', version: VERSION, resumed: known !== undefined, ...rest });
  }

  #newSession(): Session {
    this.#ids += 1;
    const session: Session = { id: this.#ids, token: '', previous: null, marks: new Map() };
    this.#sessions.push(session);
    return session;
  }

  #join(carrier: FakeCarrier, conn: Conn, lane: number, join: Extract<Command, { kind: 'Join' }>): void {
    const room = this.#room(join.room);
    const you = conn.session?.id ?? 0;
    const other = room.members.find(({ member }) => member.nick === join.nick && member.id !== you);
    if (other !== undefined) {
      const refusal: Refusal = { code: 'NameInUse', text: 'Username is in use!', retry: false, retryAfterMs: 0 };
      this.say(carrier, lane, { kind: 'JoinRefused', refusal, suggestions: ['ann2'] });
      return;
    }
    const member = { id: you, nick: join.nick };
    const returns = room.members.some((seat) => seat.member.id === you);
    room.members = [...room.members.filter((seat) => seat.member.id !== you), { member, carrier, lane }];
    conn.rooms.set(lane, room);
    if (!returns) {
      this.say(carrier, lane, { kind: 'Notice', at: 5_000_000, text: 'Welcome!' });
    }
    const members = room.members.map((seat) => seat.member);
    this.say(carrier, lane, { kind: 'Roster', room: room.name, members, more: false });
    this.#joined(carrier, lane, room, you, join.cursor?.epoch === this.epoch ? join.cursor.seq : null, conn);
  }

  #joined(carrier: FakeCarrier, lane: number, room: Room, you: number, held: number | null, conn: Conn): void {
    const { number, refused } = this.#mark(conn, room.name);
    const head = room.entries.length;
    const continues = held !== null && head - held <= this.page;
    const start = continues ? held : Math.max(0, head - this.page);
    this.say(carrier, lane, {
      kind: 'Joined',
      you,
      room: room.name,
      epoch: this.epoch,
      head,
      continues,
      page: { entries: room.entries.slice(start), more: start > 0 },
      mark: { number, refused: [...refused].map(([number, code]) => ({ number, code })) },
    });
  }

  #send(carrier: FakeCarrier, conn: Conn, lane: number, send: Extract<Command, { kind: 'Send' }>): void {
    const room = conn.rooms.get(lane);
    const seat = room?.members.find(({ member }) => member.id === conn.session?.id);
    if (room === undefined || seat === undefined) {
      return;
    }
    const mark = this.#mark(conn, room.name);
    const refuse = (code: RefusalCode, text: string, retry: boolean): void =>
      this.say(carrier, lane, {
        kind: 'Refused',
        number: send.number,
        refusal: { code, text, retry, retryAfterMs: retry ? 700 : 0 },
      });
    const code = mark.refused.get(send.number) ?? flawOf(send.content);
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
    } else {
      mark.number = send.number;
      this.#commit(room, seat.member, send.number, send.content);
      this.say(carrier, lane, { kind: 'Ack', number: send.number });
    }
  }

  #commit(room: Room, member: Member, number: number, content: Content): void {
    const entry: Entry = {
      seq: room.entries.length + 1,
      at: 5_000_000,
      author: member.id,
      number,
      nick: member.nick,
      content,
    };
    room.entries.push(entry);
    for (const { carrier, lane } of room.members) {
      if (carrier !== null) {
        this.say(carrier, lane, { kind: 'Entry', ...entry });
      }
    }
  }

  #history(carrier: FakeCarrier, lane: number, room: Room, ask: Extract<Command, { kind: 'History' }>): void {
    const end = Math.max(0, Math.min(room.entries.length, ask.before - 1));
    const start = Math.max(0, end - this.page);
    this.say(carrier, lane, { kind: 'History', entries: room.entries.slice(start, end), more: start > 0 });
  }

  #mark(conn: Conn, room: string): { number: number; refused: Map<number, RefusalCode> } {
    const marks = conn.session?.marks ?? new Map();
    const mark = marks.get(room) ?? { number: 0, refused: new Map() };
    marks.set(room, mark);
    return mark;
  }

  #room(name: string): Room {
    const room = this.rooms.get(name) ?? { name, entries: [], members: [] };
    this.rooms.set(name, room);
    return room;
  }
}

function flawOf(content: Content): RefusalCode | null {
  if (content.kind !== 'Text') {
    return null;
  }
  if (content.body === '') {
    return 'Blank';
  }
  return content.body.includes('damn') ? 'Profanity' : null;
}
