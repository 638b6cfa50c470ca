// Sentences for refusals of which only the code is known: those in the mark of a resumed room.

import type { RefusalCode } from '../wire/protocol.ts';

export function sentence(code: RefusalCode): string {
  switch (code) {
    case 'NameOrRoomMissing':
      return 'Username and room are required!';
    case 'NameInUse':
      return 'Username is in use!';
    case 'Profanity':
      return 'Profanity is not allowed!';
    case 'Blank':
      return 'The message is blank.';
    case 'TooLong':
      return 'The message is too long.';
    case 'Unprintable':
      return 'The message holds characters that cannot be shown.';
    case 'NotOnGlobe':
      return 'That position is not on the globe.';
    case 'NameInvalid':
    case 'RoomInvalid':
    case 'NameReserved':
    case 'RoomFull':
    case 'TooManyRooms':
    case 'ServerFull':
    case 'NotJoined':
    case 'AlreadyJoined':
    case 'NumberSkipped':
    case 'TooFast':
    case 'LogUnavailable':
    case 'Busy':
      return 'The message was refused.';
  }
}
