// One message: what it is made of, and what can be done with it.

import { and, counted, isolated } from './grammar.ts';

export const markup = {
  spoiler: 'Spoiler',
  showAll: 'Show all',
  showLess: 'Show less',
  copyCode: 'Copy code',
  copied: 'Copied',
};

export const message = {
  actions: 'Message actions',
  react: 'React',
  reactWith: (emoji: string) => `React with ${emoji}`,
  moreReactions: 'More reactions',
  reactedBy: (emoji: string, nicks: readonly string[], more: number) =>
    `${emoji} ${and([...nicks.map(isolated), ...(more > 0 ? [counted(more, 'other', 'others')] : [])])}`,
  reply: 'Reply',
  edit: 'Edit',
  remove: 'Delete',
  copyText: 'Copy text',
  copyLink: 'Copy link',
  textCopied: 'Text copied',
  linkCopied: 'Link copied',
  copyFailed: 'The browser did not allow copying.',
  edited: '(edited)',
  editedAt: (when: string) => `Edited ${when}`,
  saving: 'Saving',
  dismiss: 'Dismiss',
  mentionsYou: 'Mentions you',
  answers: (nick: string) => `Answer to ${isolated(nick)}`,
  goTo: 'Go to the message that this answers',
  notAvailable: 'Message not available',
  astray: 'That message is not in this room, or not any more.',
  askRemove: 'Delete this message?',
  askRemoveText: 'It is deleted for everybody, and cannot be brought back.',
  cancel: 'Cancel',
};

export const folded = {
  joined: (count: number) => counted(count, 'person joined', 'people joined'),
  left: (count: number) => counted(count, 'person left', 'people left'),
  both: (joined: string, left: string) => and([joined, left]),
};

export const dates = {
  jump: 'Jump to a date',
  day: 'Date',
  go: 'Go',
  none: 'There is nothing from that day on.',
  loadingNewer: 'Loading newer messages…',
};
