// The sidebar of one's rooms, the directory, private rooms, the switcher.

import { counted, isolated, number } from './grammar.ts';

export const rooms = {
  heading: 'Rooms',
  list: 'Rooms',
  direct: 'Direct messages',
  browse: 'Browse rooms',
  show: 'Show rooms',
  kind: { public: 'Room', private: 'Private room', direct: 'Direct message' },
  unread: (count: number, exact: boolean) => (exact ? `${number(count)} unread` : `at least ${number(count)} unread`),
  mentions: (count: number) => counted(count, 'mention', 'mentions'),
  count: (count: number) => number(count),
  more: (name: string) => `More about ${isolated(name)}`,
  leave: 'Leave',
  askLeave: (room: string) => `Leave ${isolated(room)}?`,
  askLeavePrivate: 'Only its link leads back into this room. Keep the link if you may want to come back.',
  askLeaveAlone: 'Nobody else is in it now: without the link it is lost for good.',
  askLeaveDirect:
    'The other one is not here, and no link leads back: you come back only if they return and write to you.',
  mute: 'Mute',
  unmute: 'Unmute',
  muted: 'muted',
  markRead: 'Mark as read',
  allRead: 'All rooms are marked as read.',
  copyLink: 'Copy link',
  copyInvitation: 'Copy invitation',
  invitationCopied: 'Invitation copied',
  topic: 'Topic',
  noTopic: 'Add a topic',
  editTopic: (topic: string) => (topic === '' ? 'Add a topic' : `Topic: ${isolated(topic)}. Change it`),
  leftElsewhere: (room: string) => `You have left ${isolated(room)} in another tab or on another device.`,
  refused: (room: string, why: string) => `You are not in ${isolated(room)} any more: ${why}`,
  save: 'Save',
  search: 'Search',
};

export const directory = {
  title: 'Rooms',
  filter: 'Find or name a room',
  join: 'Join',
  open: 'Open',
  members: (count: number) => counted(count, 'person', 'people'),
  empty: 'No open room by that name.',
  none: 'No open rooms yet.',
  create: (name: string) => `Open #${isolated(name)}`,
  failed: 'The list of rooms could not be loaded.',
  public: 'Open rooms',
  private: 'New private room',
  privateWhy: 'Only people with its link find it: whoever has the link can join, read and invite others.',
  privateName: 'What it is called',
  privateCreate: 'Create private room',
  privateLink: 'Invitation link',
  copy: 'Copy',
  copied: 'Copied',
};

export const switcher = {
  title: 'Go to a room or a person',
  field: 'Room or person',
  none: 'Nothing by that name.',
  results: 'Rooms and people',
};
