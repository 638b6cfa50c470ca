// Which room: a public one by its name, a private one by its key. What is kept of a room, and what pages call it, goes by
// an identity that says nothing about the key.

import type { RoomRef } from '../wire/protocol.ts';
import { sha256 } from './sha256.ts';

/** What opens a private room: whoever has it is let in. Never logged. */
export type RoomKey = Uint8Array<ArrayBuffer>;

export const KEY_BYTES = 32;

export interface Place {
  /** The same wherever the room is meant. */
  readonly id: string;
  /** As it was written; of a private room only what it is called. */
  readonly name: string;
  /** Null: public. */
  readonly key: RoomKey | null;
}

export function publicPlace(name: string): Place {
  return { id: folded(name), name, key: null };
}

export function privatePlace(key: RoomKey, name: string): Place {
  return { id: privateId(key), name, key };
}

export function refOf({ name, key }: Place): RoomRef {
  return key === null ? { kind: 'Named', name } : { kind: 'Private', key, name };
}

/** One spelling for what the server takes for one name, as far as a browser can fold names. */
export function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim();
}

/** No public room's identity begins with a space, however it is named. */
function privateId(key: RoomKey): string {
  return ` ${sha256(key)}`;
}
