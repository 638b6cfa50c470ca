// What is said of a refusal: what the server says, unless it takes a topic for a message, or only the code is known, as in
// the mark of a resumed room.

import type { Content, Refusal, RefusalCode } from '../wire/protocol.ts';
import type { Sentence } from './sentence.ts';

const TOPIC_TOO_LONG: Sentence = { code: 'TopicTooLong', text: 'A topic has at most 200 characters.' };
const TOPIC_NOT_ONE_LINE: Sentence = {
  code: 'TopicNotOneLine',
  text: 'A topic is one line, of characters that can be shown.',
};

/** Of this content, which was refused just now. */
export function refusalOf({ code, text }: Refusal, content: Content): Sentence {
  return ofTopic(code, content) ?? { code, text };
}

/** Of this content, which was refused while nobody heard it. */
export function sentenceFor(code: RefusalCode, content: Content): Sentence {
  return ofTopic(code, content) ?? { code, text: sentence(code) };
}

function ofTopic(code: RefusalCode, { kind }: Content): Sentence | null {
  if (kind !== 'Topic') {
    return null;
  }
  return code === 'TooLong' ? TOPIC_TOO_LONG : code === 'Unprintable' ? TOPIC_NOT_ONE_LINE : null;
}

function sentence(code: RefusalCode): string {
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
    case 'NotYours':
      return 'Only one’s own messages can be changed.';
    case 'NotThere':
      return 'That message is not there any more.';
    case 'TooManyReactions':
      return 'There are too many reactions already.';
    case 'NotAnEmoji':
      return 'Only emoji can be reactions.';
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
    case 'NotHere':
      return 'The message was refused.';
  }
}
