// What goes into and comes out of one room's machine.

import type { Command, Content, Entry, Joined, Member, Presence, Refusal } from '../wire/protocol.ts';
import type { Origin } from './origin.ts';
import type { SavedItem } from './outbox.ts';
import type { RoomKey } from './place.ts';
import type { Sentence } from './sentence.ts';

export type { Sentence };

/** An entry of the log, and the writer's own id for it if it was written here. */
export interface Told {
  readonly entry: Entry;
  readonly id: string | null;
}

export type RoomEvent =
  /** `anew`: what was held before is not continued, the entries are the newest page. */
  | { readonly kind: 'joined'; readonly joined: Joined; readonly entries: readonly Told[]; readonly anew: boolean }
  | { readonly kind: 'expelled'; readonly refusal: Refusal; readonly suggestions: readonly string[] }
  /** Here under another name than `from`, wherever one has asked for it. */
  | { readonly kind: 'renamed'; readonly from: string }
  /** Still under the old one. Without a refusal: it could not be asked for. */
  | { readonly kind: 'notRenamed'; readonly refusal: Refusal | null; readonly suggestions: readonly string[] }
  | {
      readonly kind: 'members';
      readonly room: string;
      readonly members: readonly Member[];
      /** Those of them who are away. */
      readonly away: readonly number[];
    }
  | { readonly kind: 'presence'; readonly at: number; readonly change: Presence }
  | ({ readonly kind: 'notice'; readonly at: number } & Sentence)
  | { readonly kind: 'entry'; readonly told: Told }
  /** Pages are in the state of `asOf`: what is amended later is told as later entries. */
  | {
      readonly kind: 'history';
      readonly ask: number;
      readonly entries: readonly Told[];
      /** Whether there are older ones, and newer ones. */
      readonly more: boolean;
      readonly newer: boolean;
      readonly asOf: number;
    }
  | { readonly kind: 'looked'; readonly ask: number; readonly entries: readonly Told[]; readonly asOf: number }
  | { readonly kind: 'found'; readonly ask: number; readonly hits: readonly Entry[]; readonly more: boolean }
  /** The question is given up: refused, or overtaken by something. */
  | { readonly kind: 'unanswered'; readonly ask: number; readonly refusal: Refusal | null }
  /** Somebody lets one into a private room. */
  | { readonly kind: 'invited'; readonly from: Member; readonly key: RoomKey; readonly name: string }
  | { readonly kind: 'typing'; readonly member: number }
  /** In another tab, or on another device, one has read up to there. */
  | { readonly kind: 'read'; readonly seq: number }
  /** `full`: the server has no room for messages; otherwise they came too fast. */
  | { readonly kind: 'throttled'; readonly until: number; readonly full: boolean }
  | { readonly kind: 'written'; readonly id: string; readonly content: Content; readonly at: number }
  | { readonly kind: 'pending'; readonly id: string }
  /** Committed. `listed` says whether its entry is, or will be, among those told. */
  | { readonly kind: 'settled'; readonly id: string; readonly listed: boolean }
  | ({ readonly kind: 'refused'; readonly id: string; readonly content: Content } & Sentence)
  | ({ readonly kind: 'failed'; readonly id: string } & Sentence)
  | { readonly kind: 'discarded'; readonly id: string }
  | { readonly kind: 'left' };

export type RoomEffect =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'tell'; readonly event: RoomEvent }
  /**
   * Messages by their order, null for one that need not be kept any more. To be answered by `kept` if it is awaited;
   * `hurry` if sending waits for it.
   */
  | ({
      readonly kind: 'save';
      readonly save: number;
      readonly awaited: boolean;
      readonly hurry: boolean;
    } & SavedChanges)
  /** When to call `tick`, in milliseconds since 1970. */
  | { readonly kind: 'wake'; readonly at: number | null }
  /** The room needs a new lane. */
  | { readonly kind: 'rejoin' }
  /** What came makes no sense: the connection cannot be trusted. */
  | { readonly kind: 'broken' }
  /** The lane and the room are done with. */
  | { readonly kind: 'over' };

/** What is kept of a room. */
export interface SavedRoom extends Origin {
  readonly items: readonly SavedItem[];
}

export interface SavedChanges {
  readonly origin: Origin;
  readonly items: readonly [order: number, item: SavedItem | null][];
}
