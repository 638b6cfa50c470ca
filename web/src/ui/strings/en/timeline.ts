// The messages.

import { counted } from './grammar.ts';

export const timeline = {
  label: 'Messages',
  today: 'Today',
  yesterday: 'Yesterday',
  beginning: (room: string) => `This is the beginning of ${room}`,
  loading: 'Loading older messages…',
  unread: 'New',
  newBelow: (count: number) => counted(count, 'new message', 'new messages'),
  toEnd: 'Jump to the latest message',
  location: 'My current location',
  deleted: 'This message was deleted.',
  retry: 'Retry',
  remove: 'Delete',
  sending: 'Sending',
  announceOne: (nick: string, text: string) => `${nick}: ${text}`,
  announceMany: (count: number) => counted(count, 'new message', 'new messages'),
};
