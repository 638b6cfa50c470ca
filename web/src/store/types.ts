// What the user interface sees of the chat, and all that it may ask of it.

import type { ReadonlySignal } from '@preact/signals';

export type TransportName = 'WebTransport' | 'WebSocket';

/** The state of the connection, as people are told it. Times are milliseconds since 1970 by the local clock. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly transport: TransportName; readonly rttMs: number | null }
  | { readonly kind: 'reconnecting'; readonly retryAt: number | null }
  | { readonly kind: 'offline' }
  | { readonly kind: 'closed'; readonly reason: string };

export interface Member {
  readonly id: number;
  readonly nick: string;
}

export type Content =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'location'; readonly latitude: number; readonly longitude: number };

/** `failed` holds the sentence to show; `retry` says whether sending the same again may help. */
export type Delivery =
  | { readonly kind: 'sent' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly reason: string };

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
}

/** "Welcome!", "ann has joined!", "ann has left!". */
export interface ServerLine {
  readonly kind: 'line';
  readonly key: string;
  readonly at: number;
  readonly text: string;
}

export type TimelineItem = Message | ServerLine;

export interface Room {
  /** As people see it. */
  readonly name: string;
  readonly nick: string;
  readonly you: number;
  readonly members: readonly Member[];
  readonly timeline: readonly TimelineItem[];
  /** Whether older entries can be loaded. */
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Members who are writing at the moment, without oneself. */
  readonly typing: readonly Member[];
}

export type JoinField = 'nick' | 'room' | 'form';

/** Why a join is refused: shown beside the form, with what was typed kept. */
export interface JoinRefusal {
  readonly text: string;
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
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

export interface Chat {
  readonly connection: ReadonlySignal<Connection>;
  /** The room one is in; null before a join and after a leave. */
  readonly room: ReadonlySignal<Room | null>;
  /** Longest message in Unicode scalar values, and longest names in grapheme clusters. */
  readonly limits: ReadonlySignal<{
    readonly bodyChars: number;
    readonly nickGraphemes: number;
    readonly roomGraphemes: number;
  }>;
  /** Set while the server asks this client to slow down: local time when sending goes on. */
  readonly throttledUntil: ReadonlySignal<number | null>;
  /** Where a position is shown: an address with `{lat}` and `{lon}` to be replaced; empty until the server has said it. */
  readonly mapUrl: ReadonlySignal<string>;

  join(room: string, nick: string): Promise<JoinResult>;
  leave(): Promise<void>;
  /** Shows the message as pending at once. */
  send(content: Content): Promise<SendResult>;
  /** Sends a failed message again under its own number. */
  retry(key: string): void;
  /** Takes a failed message out of the timeline. */
  discard(key: string): void;
  loadOlder(): void;
  /** Says that one is writing; throttled. */
  typing(): void;
  /** Reconnects at once instead of waiting. */
  reconnectNow(): void;
}
