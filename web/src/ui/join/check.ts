// What the join form can see by itself before it asks the server; the server decides.

import type { JoinRefusal } from '../../store/types.ts';
import { strings } from '../strings.ts';

export interface NameLimits {
  readonly nickGraphemes: number;
  readonly roomGraphemes: number;
}

/** Both arguments trimmed. Null when nothing speaks against asking. */
export function flawOf(nick: string, room: string, limits: NameLimits): JoinRefusal | null {
  if (nick === '' || room === '') {
    return { text: strings.join.missing, field: nick === '' ? 'nick' : 'room', suggestions: [] };
  }
  if (graphemes(nick) > limits.nickGraphemes) {
    return { text: strings.join.nickTooLong(limits.nickGraphemes), field: 'nick', suggestions: [] };
  }
  if (graphemes(room) > limits.roomGraphemes) {
    return { text: strings.join.roomTooLong(limits.roomGraphemes), field: 'room', suggestions: [] };
  }
  return null;
}

function graphemes(text: string): number {
  let count = 0;
  for (const _ of new Intl.Segmenter().segment(text)) {
    count += 1;
  }
  return count;
}
