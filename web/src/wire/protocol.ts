// The protocol, version 1: commands, events and what they hold, in the order in which they stand on the wire (see
// docs/protocol.md). Append only, and only with a new version.

import { Reader, WireError, Writer } from './bytes.ts';
import { MAX_FRAME } from './frame.ts';
import {
  bool,
  bytes,
  enumeration,
  f64,
  i64,
  list,
  type Of,
  option,
  struct,
  text,
  u16,
  u32,
  u64,
  variants,
} from './schema.ts';

export const VERSION = 1;
export const TOKEN_BYTES = 32;
export const ROOM_KEY_BYTES = 32;
export const MEMBER_SECRET_BYTES = 32;

const cursor = struct({ epoch: u64, seq: u64 });
const content = variants({
  Text: struct({ body: text, reply: option(u64) }),
  Location: struct({ latitude: f64, longitude: f64 }),
  Edit: struct({ of: u64, body: text }),
  Delete: struct({ of: u64 }),
  React: struct({ of: u64, emoji: text, on: bool }),
  Topic: struct({ text }),
  // From the server alone: in the place of what is deleted, and of an edit of something that is.
  Deleted: struct({}),
  Emptied: struct({}),
});
const roomRef = variants({
  Named: struct({ name: text }),
  Private: struct({ key: bytes(ROOM_KEY_BYTES), name: text }),
});
const range = variants({
  Before: struct({ seq: u64 }),
  After: struct({ seq: u64 }),
  Around: struct({ seq: u64 }),
  At: struct({ time: i64 }),
});
const hello = struct({ version: u16, token: option(bytes(TOKEN_BYTES)), next: bytes(TOKEN_BYTES), client: text });
// What carries a session, and why a client goes on over another connection: for the operator.
const transport = enumeration(['WebTransport', 'WebSocket']);
const moveReason = enumeration(['Lost', 'Stalled', 'Better', 'Told', 'Network']);

export const command = variants({
  Hello: hello,
  Bye: struct({}),
  Ping: struct({ nonce: u64 }),
  Join: struct({ room: roomRef, nick: text, cursor: option(cursor), member: bytes(MEMBER_SECRET_BYTES) }),
  Leave: struct({}),
  Send: struct({ number: u64, content }),
  History: struct({ range, limit: u16 }),
  Typing: struct({}),
  Moved: struct({ from: transport, reason: moveReason }),
  Look: struct({ seqs: list(u64) }),
  Search: struct({
    text,
    from: option(text),
    after: option(i64),
    before: option(i64),
    below: u64,
    limit: u16,
  }),
  Rooms: struct({ like: text, limit: u16 }),
  Invite: struct({ to: u64, key: bytes(ROOM_KEY_BYTES), name: text }),
  Away: struct({ away: bool }),
  Read: struct({ seq: u64 }),
});

const refusalCode = enumeration([
  'NameOrRoomMissing',
  'NameInvalid',
  'RoomInvalid',
  'NameInUse',
  'NameReserved',
  'RoomFull',
  'TooManyRooms',
  'ServerFull',
  'NotJoined',
  'AlreadyJoined',
  'Profanity',
  'Blank',
  'TooLong',
  'Unprintable',
  'NotOnGlobe',
  'NumberSkipped',
  'TooFast',
  'LogUnavailable',
  'Busy',
  'NotYours',
  'NotThere',
  'TooManyReactions',
  'NotAnEmoji',
  'NotHere',
]);
const refusal = struct({ code: refusalCode, text, retry: bool, retryAfterMs: u32 });
const limits = struct({
  frameBytes: u32,
  bodyChars: u32,
  nickGraphemes: u32,
  roomGraphemes: u32,
  rooms: u32,
  window: u32,
  graceMs: u32,
});
const byeCode = enumeration([
  'Draining',
  'Slow',
  'Replaced',
  'Malformed',
  'Version',
  'Timeout',
  'Full',
  'TokenReused',
  'Goodbye',
]);
const bye = struct({ code: byeCode, text, retry: variants({ Stop: struct({}), After: struct({ ms: u32 }) }) });
const welcome = struct({ version: u16, resumed: bool, epoch: u64, now: i64, server: text, limits });
const member = struct({ id: u64, nick: text });
const reaction = struct({ emoji: text, by: list(member) });
const entry = struct({
  seq: u64,
  at: i64,
  author: u64,
  number: u64,
  nick: text,
  content,
  edited: option(i64),
  reactions: list(reaction),
  seat: u64,
});
const page = struct({ entries: list(entry), more: bool, newer: bool, asOf: u64 });
const roomCard = struct({ name: text, topic: text, members: u32 });
const mark = struct({ number: u64, refused: list(struct({ number: u64, code: refusalCode })) });
const joined = struct({
  you: u64,
  room: text,
  epoch: u64,
  head: u64,
  continues: bool,
  page,
  mark,
  topic: text,
  seat: u64,
  read: u64,
});
const presence = variants({
  Joined: struct({ member }),
  Left: struct({ member }),
  Away: struct({ member: u64 }),
  Back: struct({ member: u64 }),
});

export const event = variants({
  Welcome: welcome,
  Pong: struct({ nonce: u64, now: i64 }),
  Bye: bye,
  Notice: struct({ at: i64, text }),
  Roster: struct({ room: text, members: list(member), more: bool, away: list(u64) }),
  Joined: joined,
  JoinRefused: struct({ refusal, suggestions: list(text) }),
  Entry: entry,
  Presence: struct({ at: i64, change: presence }),
  Ack: struct({ number: u64 }),
  Refused: struct({ number: u64, refusal }),
  History: page,
  Typing: struct({ member: u64 }),
  Left: struct({}),
  Rejected: struct({ refusal }),
  Looked: page,
  Found: struct({ hits: list(entry), more: bool }),
  Rooms: struct({ rooms: list(roomCard), more: bool }),
  Invited: struct({ from: member, key: bytes(ROOM_KEY_BYTES), name: text }),
  Read: struct({ seq: u64 }),
});

export type Bye = Of<typeof bye>;
export type Command = Of<typeof command>;
export type Content = Of<typeof content>;
export type Cursor = Of<typeof cursor>;
export type Entry = Of<typeof entry>;
export type Event = Of<typeof event>;
export type Joined = Of<typeof joined>;
export type Limits = Of<typeof limits>;
export type Mark = Of<typeof mark>;
export type Member = Of<typeof member>;
export type MoveReason = Of<typeof moveReason>;
export type Page = Of<typeof page>;
export type Presence = Of<typeof presence>;
export type Range = Of<typeof range>;
export type Reaction = Of<typeof reaction>;
export type Refusal = Of<typeof refusal>;
export type RefusalCode = Of<typeof refusalCode>;
export type RoomCard = Of<typeof roomCard>;
export type RoomRef = Of<typeof roomRef>;
export type Welcome = Of<typeof welcome>;

/** The payload of one frame. Throws a WireError when it is no event, is cut short or has stray bytes. */
export function decodeEvent(payload: Uint8Array): Event {
  return decode(event, payload);
}

/** The payload of one frame. Throws a WireError when it does not fit a frame. */
export function encodeCommand(value: Command): Uint8Array<ArrayBuffer> {
  return encode(command, value);
}

/** As a server does; for tests and tools. */
export function decodeCommand(payload: Uint8Array): Command {
  return decode(command, payload);
}

/** As a server does; for tests and tools. */
export function encodeEvent(value: Event): Uint8Array<ArrayBuffer> {
  return encode(event, value);
}

function decode<T>(codec: { read(from: Reader): T }, payload: Uint8Array): T {
  if (payload.length > MAX_FRAME) {
    throw new WireError('tooLong');
  }
  const reader = new Reader(payload);
  const value = codec.read(reader);
  if (reader.left > 0) {
    throw new WireError('trailing');
  }
  return value;
}

function encode<T>(codec: { write(value: T, to: Writer): void }, value: T): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  codec.write(value, writer);
  const payload = writer.done();
  if (payload.length > MAX_FRAME) {
    throw new WireError('tooLong');
  }
  return payload;
}
