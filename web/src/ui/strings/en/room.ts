// The header of the room, its people's drawer, and what one can do with the room.

import { counted, number } from './grammar.ts';

export const room = {
  title: (name: string, unseen: number) => `${unseen > 0 ? `(${number(unseen)}) ` : ''}${name} — Chinwag`,
  users: 'Users',
  userCount: (count: number) => counted(count, 'user', 'users'),
  you: 'you',
  share: 'Copy link',
  shared: 'Link copied',
  shareFailed: (address: string) => `The link could not be copied. It is ${address}`,
  leave: 'Leave',
  closeDrawer: 'Close',
  theme: { auto: 'Theme: automatic', light: 'Theme: light', dark: 'Theme: dark' },
};
