// Commands, and the sheet that explains them and how text is formatted.

import { isolated } from './grammar.ts';

export const commands = {
  unknown: (word: string) =>
    `There is no command ${isolated(`/${word}`)}. To send this as it is, put a space before it; /help shows what there is.`,
  incomplete: (usage: string) => `Something is missing: ${isolated(usage)}`,
  nobody: (name: string) => `Nobody here is called ${isolated(name)}.`,
  oneself: 'That is you.',
  /** What stands behind the command. */
  takes: {
    join: 'room',
    me: 'does something',
    nick: 'new name',
    topic: 'words',
    search: 'words',
    msg: 'name words',
  },
  does: {
    join: 'Go to another room',
    me: 'Say what you are doing',
    nick: 'Take another name here',
    shrug: 'Add a shrug',
    location: 'Send your location',
    who: 'See who is here',
    topic: 'Set the topic; “-” clears it',
    search: 'Search messages',
    msg: 'Write to one person alone',
    leave: 'Leave this room',
    help: 'Show this help',
  },
};

export const help = {
  title: 'Formatting and commands',
  close: 'Close',
  formatting: 'Formatting',
  written: 'You write',
  shown: 'People see',
  commands: 'Commands',
  literally: 'A line that begins with a space or with two slashes is sent as it is.',
  samples: {
    bold: 'bold',
    italic: 'italic',
    strike: 'struck out',
    code: 'code',
    block: 'a block of code',
    quote: 'a quote',
    list: 'a list',
    spoiler: 'hidden until clicked',
    link: 'a link',
    mention: 'name',
  },
};
