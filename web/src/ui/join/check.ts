// What the join form can see by itself before it asks the server; the server decides.

import type { Chat, JoinRefusal, JoinResult } from '../../store/types.ts';
import { strings } from '../strings.ts';
import type { Visit } from '../visit.ts';

export interface NameLimits {
  readonly nickGraphemes: number;
  readonly roomGraphemes: number;
}

/** Bytes that a character may take on average: some emoji take four times that. The server's own bound, too. */
const BYTES_EACH = 8;

interface Wish {
  readonly room: string;
  readonly nick: string;
}

/** Both arguments trimmed. Null when nothing speaks against asking. */
export function flawOf(nick: string, room: string, limits: NameLimits): JoinRefusal | null {
  if (nick === '' || room === '') {
    return { text: strings.join.missing, field: nick === '' ? 'nick' : 'room', suggestions: [] };
  }
  const { nickTooLong, nickTooHeavy, roomTooLong, roomTooHeavy } = strings.join;
  const nickFlaw = lengthFlaw(nick, limits.nickGraphemes, { tooLong: nickTooLong, tooHeavy: nickTooHeavy });
  if (nickFlaw !== null) {
    return { text: nickFlaw, field: 'nick', suggestions: [] };
  }
  const roomFlaw = lengthFlaw(room, limits.roomGraphemes, { tooLong: roomTooLong, tooHeavy: roomTooHeavy });
  return roomFlaw === null ? null : { text: roomFlaw, field: 'room', suggestions: [] };
}

interface Told {
  readonly tooLong: (most: number) => string;
  readonly tooHeavy: (bytes: number, most: number) => string;
}

function lengthFlaw(text: string, most: number, { tooLong, tooHeavy }: Told): string | null {
  if (isLonger(text, most)) {
    return tooLong(most);
  }
  const bytes = new TextEncoder().encode(text).length;
  return bytes > most * BYTES_EACH ? tooHeavy(bytes, most * BYTES_EACH) : null;
}

/** Joins if there is nothing to be said against it here. Never rejects. */
export async function ask(chat: Chat, visit: Visit, { room, nick }: Wish): Promise<JoinResult> {
  const [wantedNick, wantedRoom] = [nick.trim(), room.trim()];
  const flaw = flawOf(wantedNick, wantedRoom, chat.limits.peek());
  return flaw === null
    ? visit.join(wantedRoom, wantedNick).catch(() => ({ ok: false, refusal: failed() }))
    : { ok: false, refusal: flaw };
}

function failed(): JoinRefusal {
  return { text: strings.join.failed, field: 'form', suggestions: [] };
}

/** Counted only where it matters: what the browser counts by takes it 20 ms to load, and no name has more characters than this. */
function isLonger(text: string, most: number): boolean {
  return text.length > most && [...new Intl.Segmenter().segment(text)].length > most;
}
