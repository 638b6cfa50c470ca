// Beside which field of the join form a refusal belongs.

import type { Refusal, RefusalCode } from '../wire/protocol.ts';
import type { JoinField, JoinRefusal } from './types.ts';

/** The sentence for a missing name or room; the server says the same. */
const MISSING = { code: 'NameOrRoomMissing', text: 'Username and room are required!' } as const;

/** What can be said without asking: something is missing. */
export function missing(room: string, nick: string): JoinRefusal | null {
  if (nick.trim() !== '' && room.trim() !== '') {
    return null;
  }
  return { ...MISSING, field: nick.trim() === '' ? 'nick' : 'room', suggestions: [] };
}

export function joinRefusal(refusal: Refusal, suggestions: readonly string[]): JoinRefusal {
  return { text: refusal.text, code: refusal.code, field: fieldOf(refusal.code), suggestions };
}

function fieldOf(code: RefusalCode): JoinField {
  switch (code) {
    case 'NameInvalid':
    case 'NameInUse':
    case 'NameReserved':
      return 'nick';
    case 'RoomInvalid':
    case 'RoomFull':
    case 'TooManyRooms':
      return 'room';
    case 'NameOrRoomMissing':
    case 'ServerFull':
    case 'NotJoined':
    case 'AlreadyJoined':
    case 'Profanity':
    case 'Blank':
    case 'TooLong':
    case 'Unprintable':
    case 'NotOnGlobe':
    case 'NumberSkipped':
    case 'TooFast':
    case 'LogUnavailable':
    case 'Busy':
    case 'NotYours':
    case 'NotThere':
    case 'TooManyReactions':
    case 'NotAnEmoji':
    case 'NotHere':
      return 'form';
  }
}
