// What the pages say, in the words of the session, and the reverse: rooms and what is sent.

import { type Place, privatePlace, publicPlace } from '../session/place.ts';
import type { Lodging } from '../session/slot.ts';
import type { Content as WireContent } from '../wire/protocol.ts';
import type { RoomKind, RoomTarget, Sendable } from './types.ts';

export function placeOf(target: RoomTarget): Place {
  switch (target.kind) {
    case 'public':
      return publicPlace(target.name);
    case 'private':
      return privatePlace(target.key, target.name);
  }
}

export function targetOf({ name, key }: Place): RoomTarget {
  return key === null ? { kind: 'public', name } : { kind: 'private', key, name };
}

export function kindOf({ place, direct }: Pick<Lodging, 'place' | 'direct'>): RoomKind {
  if (place.key === null) {
    return 'public';
  }
  return direct === null ? 'private' : 'direct';
}

export function onWire(content: Sendable, reply: number | null): WireContent {
  switch (content.kind) {
    case 'text':
      return { kind: 'Text', body: content.body, reply };
    case 'location':
      return { kind: 'Location', latitude: content.latitude, longitude: content.longitude };
  }
}
