// What is new in a room for whoever looks elsewhere: what others have just said, or said while one was briefly away.

import type { RoomEvent, Told } from '../session/room-events.ts';
import { names } from './mention.ts';
import type { Stay } from './stay.ts';
import type { News } from './types.ts';

/** To be asked when the stay has heard the event. Without what was there when one came, and without one's own. */
export function newsOf(stay: Stay, event: RoomEvent): readonly News[] {
  switch (event.kind) {
    case 'entry':
      return toldIn(stay, [event.told]);
    case 'joined':
      return event.anew ? [] : toldIn(stay, event.entries);
    default:
      return [];
  }
}

function toldIn(stay: Stay, told: readonly Told[]): readonly News[] {
  const { id, kind, name } = stay.card();
  return told.flatMap(({ entry, id: own }): News[] => {
    const { content, seq, at, nick } = entry;
    if (own !== null || stay.view.isMe(entry.author) || (content.kind !== 'Text' && content.kind !== 'Location')) {
      return [];
    }
    const text = content.kind === 'Text' ? content.body : null;
    const mention = kind === 'direct' || (text !== null && names(text, stay.view.nick));
    return [{ room: { id, kind, name }, seq, at, nick, text, mention }];
  });
}
