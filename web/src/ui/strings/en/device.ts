// Going on as the same person on another device.

import { isolated } from './grammar.ts';

export const device = {
  heading: 'Use on another device',
  why: 'Opened on another device, this link makes you the same person there: same name, same rooms, private ones included, and what you have read. Whoever has it is you. Give it to nobody.',
  show: 'Show the link',
  link: 'Link for another device',
  copy: 'Copy',
  copied: 'Copied',
  offer: (nick: string) =>
    `Go on in this browser as ${isolated(nick)}, in these rooms? Only accept a link that you have made yourself.`,
  rooms: 'Your rooms',
  accept: (nick: string) => `Go on as ${isolated(nick)}`,
  decline: 'To the join page',
  broken: 'This link is not whole. Copy it again on the other device: Settings, “Use on another device”.',
};
