// The list of people, and the card of one.

import { counted, isolated } from './grammar.ts';

export const people = {
  filter: 'Find people',
  nobody: 'Nobody by that name is here.',
  order: 'Order',
  orderByName: 'By name',
  orderByJoining: 'In the order of joining',
  here: 'Online',
  away: 'Away',
  unknown: 'Not known while there is no connection',
  gone: 'Offline',
  lastSeen: (when: string) => `Last seen ${when}`,
  card: (nick: string) => `About ${isolated(nick)}`,
  mention: 'Mention',
  message: 'Message',
  ignore: 'Ignore',
  heed: 'Stop ignoring',
  ignored: 'Ignored: what they write is folded away on this device.',
  shown: (count: number) => counted(count, 'person found', 'people found'),
};
