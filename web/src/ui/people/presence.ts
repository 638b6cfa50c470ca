// What is known of whether somebody is here.

import type { Connection, Member } from '../../store/types.ts';
import { strings } from '../strings.ts';

/** `unknown`: the server would have to say it, and there is no connection to it. */
export type Presence = 'here' | 'away' | 'unknown';

export function presenceOf(member: Member, { kind }: Connection): Presence {
  return kind !== 'live' ? 'unknown' : member.away ? 'away' : 'here';
}

export function presenceSaid(presence: Presence): string {
  return strings.people[presence];
}
