// The join page.

import { counted, isolated, number } from './grammar.ts';

function tooHeavy(what: string, bytes: number, most: number): string {
  return `${what} has at most ${number(most)} bytes, and this one has ${number(bytes)}: emoji and letters with many marks take many each.`;
}

export const join = {
  nick: 'Display name',
  room: 'Room',
  join: 'Join',
  joining: 'Joining…',
  missing: 'Username and room are required!',
  nickTooLong: (most: number) => `A display name has at most ${counted(most, 'character', 'characters')}.`,
  roomTooLong: (most: number) => `A room’s name has at most ${counted(most, 'character', 'characters')}.`,
  nickTooHeavy: (bytes: number, most: number) => tooHeavy('A display name', bytes, most),
  roomTooHeavy: (bytes: number, most: number) => tooHeavy('A room’s name', bytes, most),
  failed: 'Joining did not work. Please try again.',
  suggestions: 'These names are free:',
  invited: (room: string) => `You are invited to ${isolated(room)}, a private room.`,
  lostInvitation: 'This invitation is not whole: a part of its link is missing. Please ask for it again.',
  rooms: 'Open rooms',
  members: (count: number) => counted(count, 'person', 'people'),
  unsent: {
    label: 'Unsent messages',
    text: (count: number, room: string, nick: string) =>
      `You have ${counted(count, 'unsent message', 'unsent messages')} for ${isolated(room)} as ${isolated(nick)}.`,
    go: 'Join and send',
    discard: 'Delete',
  },
};
