// What goes into and comes out of one room's machine.

import type { Command, Content, Entry, Joined, Member, Presence, Refusal } from '../wire/protocol.ts';
import type { SavedItem } from './outbox.ts';

/** An entry of the log, and the writer's own id for it if it was written here. */
export interface Told {
  readonly entry: Entry;
  readonly id: string | null;
}

export type RoomEvent =
  /** `anew`: what was held before is not continued, the entries are the newest page. */
  | { readonly kind: 'joined'; readonly joined: Joined; readonly entries: readonly Told[]; readonly anew: boolean }
  | { readonly kind: 'expelled'; readonly refusal: Refusal; readonly suggestions: readonly string[] }
  | { readonly kind: 'members'; readonly room: string; readonly members: readonly Member[] }
  | { readonly kind: 'presence'; readonly at: number; readonly change: Presence }
  | { readonly kind: 'notice'; readonly at: number; readonly text: string }
  | { readonly kind: 'entry'; readonly told: Told }
  | { readonly kind: 'history'; readonly entries: readonly Told[]; readonly more: boolean }
  | { readonly kind: 'historyRefused'; readonly refusal: Refusal | null }
  | { readonly kind: 'typing'; readonly member: number }
  | { readonly kind: 'throttled'; readonly until: number }
  | { readonly kind: 'written'; readonly id: string; readonly content: Content; readonly at: number }
  | { readonly kind: 'pending'; readonly id: string }
  /** Committed. `listed` says whether its entry is, or will be, among those told. */
  | { readonly kind: 'settled'; readonly id: string; readonly listed: boolean }
  | { readonly kind: 'refused'; readonly id: string; readonly content: Content; readonly text: string }
  | { readonly kind: 'failed'; readonly id: string; readonly text: string }
  | { readonly kind: 'discarded'; readonly id: string }
  | { readonly kind: 'left' };

export type RoomEffect =
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'tell'; readonly event: RoomEvent }
  | { readonly kind: 'save'; readonly saved: SavedRoom }
  /** When to call `tick`, in milliseconds since 1970. */
  | { readonly kind: 'wake'; readonly at: number | null }
  /** The room needs a new lane. */
  | { readonly kind: 'rejoin' }
  /** What came makes no sense: the connection cannot be trusted. */
  | { readonly kind: 'broken' }
  /** The lane and the room are done with. */
  | { readonly kind: 'over' };

/** What is kept of a room over a reload. */
export interface SavedRoom {
  readonly you: number | null;
  readonly items: readonly SavedItem[];
}
