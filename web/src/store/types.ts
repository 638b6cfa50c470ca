// What the user interface sees of the chat, and all that it may ask of it.

import type { ReadonlySignal } from '@preact/signals';
import type { Loss, Move } from '../session/moves.ts';
import type { Sentence } from '../session/sentence.ts';
import type { Vitals } from '../session/vitals.ts';
import type { DeviceLink } from './device-link.ts';

export type { Loss, Move } from '../session/moves.ts';
export type { Sentence } from '../session/sentence.ts';
export type { Missing, Trip, Vitals } from '../session/vitals.ts';

export type TransportName = 'WebTransport' | 'WebSocket';

/** The state of the connection, as people are told it. Times are milliseconds since 1970 by the local clock. */
export type Connection =
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'live';
      readonly transport: TransportName;
      /** The usual round trip of the last half minute. */
      readonly rttMs: number | null;
      readonly since: number;
    }
  /** `loss`: what there was before, if there was a connection. */
  | { readonly kind: 'reconnecting'; readonly retryAt: number | null; readonly loss?: Loss | null }
  | { readonly kind: 'offline'; readonly loss?: Loss | null }
  | { readonly kind: 'closed'; readonly reason: Sentence };

export interface Member {
  readonly id: number;
  readonly nick: string;
  /** Has been idle for a while, or says so. */
  readonly away: boolean;
}

/** `deleted` stands in the place of a message that its author has deleted. */
export type Content =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'location'; readonly latitude: number; readonly longitude: number }
  | { readonly kind: 'deleted' };

/** What one may send. */
export type Sendable = Exclude<Content, { readonly kind: 'deleted' }>;

/** `failed` holds what to say; sending the same again may help. */
export type Delivery =
  | { readonly kind: 'sent' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly reason: Sentence };

/** What a message answers. */
export interface Reply {
  readonly seq: number;
  /** As it is now; null: not known here yet. `Chat.look` asks for it. */
  readonly target: { readonly nick: string; readonly mine: boolean; readonly content: Content } | null;
}

/** One emoji under a message; never with a count of 0. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  /** Whether one is among those who reacted so. */
  readonly mine: boolean;
  /** In the order of reacting. */
  readonly nicks: readonly string[];
}

/**
 * An edit or a deletion of one's own on its way: `content` shows the new state already. `failed` is why it did
 * not take place; then `content` is what stands, and the next edit or deletion, or `forgetAmending`, ends it.
 */
export type Amending =
  | { readonly kind: 'edit'; readonly body: string; readonly failed: Sentence | null }
  | { readonly kind: 'delete'; readonly failed: Sentence | null };

export interface Message {
  readonly kind: 'message';
  /** Stable from pending to sent, so that a row keeps its place in the document. */
  readonly key: string;
  readonly author: number;
  readonly nick: string;
  readonly mine: boolean;
  /** Milliseconds since 1970 by the server's clock. */
  readonly at: number;
  readonly content: Content;
  readonly delivery: Delivery;
  /** 0 while it has no place in the log. */
  readonly seq: number;
  readonly reply: Reply | null;
  /** When it was last edited, in milliseconds since 1970 by the server's clock; null if never. */
  readonly edited: number | null;
  readonly reactions: readonly Reaction[];
  readonly amending: Amending | null;
}

/** What a server line says, for those who fold or translate it. `topic` holds the new one, empty when it was cleared. */
export type LineEvent =
  | { readonly kind: 'joined' | 'left'; readonly nick: string }
  | { readonly kind: 'topic'; readonly nick: string; readonly text: string }
  | { readonly kind: 'notice'; readonly code?: Sentence['code'] };

/** "Welcome!", "ann has joined!", "ann has left!", "ann has set the topic: ...". */
export interface ServerLine {
  readonly kind: 'line';
  readonly key: string;
  readonly at: number;
  readonly text: string;
  readonly event: LineEvent;
}

export type TimelineItem = Message | ServerLine;

/** `private`: only by invitation. `direct`: a private room of two. */
export type RoomKind = 'public' | 'private' | 'direct';

/** A room one is in, as the sidebar lists it. */
export interface RoomCard {
  /** The same over reloads; says nothing about a private room's key. */
  readonly id: string;
  readonly kind: RoomKind;
  /** As people see it; of a direct message, the other's name. */
  readonly name: string;
  /** One's own name there. */
  readonly nick: string;
  /** Messages of others behind `readUpTo`. */
  readonly unread: number;
  /** Those of them that name one. */
  readonly mentions: number;
  /** False: at least so many. */
  readonly exact: boolean;
  /** False while the server has not let one in (again). */
  readonly joined: boolean;
  /** Whether nobody else is there, as far as is known. */
  readonly alone: boolean;
  /** Address that lets others in, absolute; null if the room needs none. */
  readonly invitation: string | null;
}

export interface Room {
  readonly id: string;
  readonly kind: RoomKind;
  /** As people see it. */
  readonly name: string;
  /** Empty if there is none. */
  readonly topic: string;
  readonly nick: string;
  readonly you: number;
  readonly members: readonly Member[];
  /** What is loaded: one stretch of the log, up to its end unless `hasNewer`. */
  readonly timeline: readonly TimelineItem[];
  /** Whether older entries can be loaded. */
  readonly hasOlder: boolean;
  /** Whether newer entries can be loaded: after a `jump`, until the stretch has grown up to the end. */
  readonly hasNewer: boolean;
  readonly loadingOlder: boolean;
  readonly loadingNewer: boolean;
  /** Members who are writing at the moment, without oneself. */
  readonly typing: readonly Member[];
  /** Sequence number up to which one has read; 0 if nothing. */
  readonly readUpTo: number;
  /**
   * While there is no word of the server yet: when it was as it is shown, by the device that has kept it. Null otherwise.
   */
  readonly keptAt: number | null;
  /** The room's newest sequence number; amendments have one too. */
  readonly head: number;
  /** What joins it. */
  readonly target: RoomTarget;
  /** Address that lets others in, absolute; null if the room needs none. */
  readonly invitation: string | null;
}

/** A room to join. `key`: 32 bytes from an invitation, or fresh ones for a new room. */
export type RoomTarget =
  | { readonly kind: 'public'; readonly name: string }
  | { readonly kind: 'private'; readonly key: Uint8Array<ArrayBuffer>; readonly name: string };

/** Why a room that one was in is gone without having been left here: left in another tab or on another device, or refused. */
export type Parting =
  | { readonly kind: 'elsewhere'; readonly room: string }
  | ({ readonly kind: 'refused'; readonly room: string } & Sentence);

export type JoinField = 'nick' | 'room' | 'form';

/** Why a join is refused: shown beside the form, with what was typed kept. */
export interface JoinRefusal extends Sentence {
  readonly field: JoinField;
  /** Free names close to the one refused. */
  readonly suggestions: readonly string[];
}

export type JoinResult = { readonly ok: true } | { readonly ok: false; readonly refusal: JoinRefusal };

/**
 * The result of handing in a message: `sent` once it is committed; `refused` gives the writer the text back;
 * `failed` leaves the message in the timeline with "Retry" (no answer within 10 s, or the session ended).
 */
export type SendResult =
  | { readonly kind: 'sent' }
  | ({ readonly kind: 'refused' } & Sentence)
  | ({ readonly kind: 'failed' } & Sentence);

/** Messages that were written here and wait for somebody to open their room under the same name. */
export interface Unsent {
  /** As people see it. */
  readonly room: string;
  readonly target: RoomTarget;
  readonly nick: string;
  readonly count: number;
}

/** Where to go in the open room. */
export type JumpTarget = { readonly seq: number } | { readonly at: number } | 'end';

/** A public room that has members at the moment. */
export interface PublicRoom {
  readonly name: string;
  readonly topic: string;
  readonly members: number;
}

export interface SearchQuery {
  readonly text: string;
  /** A name. */
  readonly from?: string;
  /** Milliseconds since 1970, both excluded from what they do not hold: `after` <= time < `before`. */
  readonly after?: number;
  readonly before?: number;
  /** The room to search; all that one is in if left out. */
  readonly room?: string;
  /** The hits behind this one, for the next page. */
  readonly below?: SearchHit;
}

export interface SearchHit {
  /** `RoomCard.id`. */
  readonly room: string;
  readonly roomName: string;
  readonly seq: number;
  readonly nick: string;
  readonly mine: boolean;
  readonly at: number;
  readonly content: Content;
}

/** Something that somebody else has just said in a room one is in. */
export interface News {
  readonly room: Pick<RoomCard, 'id' | 'kind' | 'name'>;
  readonly seq: number;
  readonly at: number;
  readonly nick: string;
  /** As it was written; null for a location. */
  readonly text: string | null;
  /** Whether it is for one: it names one, or was said to one alone. */
  readonly mention: boolean;
}

export interface Chat {
  readonly connection: ReadonlySignal<Connection>;
  /** The last changes of connection, the oldest first. */
  readonly moves: ReadonlySignal<readonly Move[]>;
  /** How the connection has been so far; null before anything was measured. */
  readonly vitals: ReadonlySignal<Vitals | null>;
  /** All rooms one is in, in the order of the sidebar: that of joining. */
  readonly rooms: ReadonlySignal<readonly RoomCard[]>;
  /** The open room; null before a join and after leaving the last one. */
  readonly room: ReadonlySignal<Room | null>;
  /** Longest message in Unicode scalar values, and longest names in grapheme clusters. */
  readonly limits: ReadonlySignal<{
    readonly bodyChars: number;
    readonly nickGraphemes: number;
    readonly roomGraphemes: number;
  }>;
  /** Set while the server asks this client to slow down: local time when sending goes on. */
  readonly throttledUntil: ReadonlySignal<number | null>;
  /** Whether that is because it has no room for messages. */
  readonly serverFull: ReadonlySignal<boolean>;
  /** Where a position is shown: an address with `{lat}` and `{lon}` to be replaced; empty until the server has said it. */
  readonly mapUrl: ReadonlySignal<string>;

  /** What a crash, a closed tab or a leave has left on this device. */
  readonly unsent: ReadonlySignal<readonly Unsent[]>;
  /** The last room that went by itself, until it is put away or another one is entered here. */
  readonly parting: ReadonlySignal<Parting | null>;
  /** It has been read. */
  forgetParting(): void;
  /** Hears of every message of others, in all rooms, until the signal. */
  onNews(listener: (news: News) => void, signal: AbortSignal): void;
  /** Hears which room stands for one that is gone: what was being written there goes on here. By their ids. */
  onReplaced(heir: (gone: string, by: string) => void, signal: AbortSignal): void;
  /** Names whose messages and invitations are not wanted, folded; kept on this device. */
  readonly ignored: ReadonlySignal<ReadonlySet<string>>;

  /** Joins and opens the room; sends what is unsent in it under this name, after what was sent before. */
  join(room: RoomTarget, nick: string): Promise<JoinResult>;
  /** Opens one of `rooms`. */
  activate(id: string): void;
  /** Leaves this room, or the open one; the next one in the sidebar opens. */
  leave(id?: string): Promise<void>;
  /** A direct message to this member of the open room: opens the room of the two. */
  message(member: Member): Promise<JoinResult>;
  /** Takes another name in the open room; the old one stays if it is refused. */
  rename(nick: string): Promise<JoinResult>;

  // What follows acts on the open room.

  /** Shows the message as pending at once. `reply`: sequence number of what it answers. */
  send(content: Sendable, reply?: number): Promise<SendResult>;
  /** Of one's own text. Shows the new text at once, and the old one again if it is refused. */
  edit(seq: number, body: string): Promise<SendResult>;
  /** Deletes one's own message for everybody. */
  remove(seq: number): Promise<SendResult>;
  react(seq: number, emoji: string, on: boolean): Promise<SendResult>;
  /** Takes away what a failed edit or deletion has left at the message. */
  forgetAmending(seq: number): void;
  /** Empty clears it. */
  setTopic(text: string): Promise<SendResult>;
  /** Sends a failed message again under its own number. */
  retry(key: string): void;
  /** Takes a failed message out of the timeline. */
  discard(key: string): void;
  loadOlder(): void;
  loadNewer(): void;
  /**
   * Makes the timeline a stretch around that place; `end` comes back to what is newest. False if it cannot be reached. The
   * message itself may be deleted, or `at` between two: then the first one after it is what one sees.
   */
  jump(to: JumpTarget): Promise<boolean>;
  /** Asks for the message that a reply answers; it turns up in `Reply.target`. */
  look(seq: number): void;
  /** All up to there has been read. Never takes anything back; other tabs follow. */
  markRead(seq: number): void;
  /** The same for everything in all rooms. */
  markAllRead(): void;
  /** Says that one is writing; throttled. */
  typing(): void;

  /** In all rooms. */
  setAway(away: boolean): void;
  /** Ignores a name, or listens to it again. */
  ignore(nick: string, on: boolean): void;
  /** Public rooms whose name holds this, most members first; empty when it cannot be known now. */
  directory(like: string): Promise<readonly PublicRoom[]>;
  /** The newest hits first, some dozens at a time. Rejects with an error for people when it cannot be searched now. */
  search(query: SearchQuery): Promise<readonly SearchHit[]>;
  /** Deletes messages that wait. */
  discardUnsent(unsent: Unsent): Promise<void>;
  /** The address by which another device becomes the same person, in the same rooms. Empty outside all rooms. */
  deviceLink(): Promise<string>;
  /** Goes on here as who has made the link. */
  takeOver(link: DeviceLink): Promise<JoinResult>;
  /** Reconnects at once instead of waiting. */
  reconnectNow(): void;
}
