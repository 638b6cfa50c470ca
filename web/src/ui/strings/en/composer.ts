// The message field, what stands over it, and one's place on the globe.

import { NAMED_WRITERS } from '../grammar.ts';
import { and, counted, isolated, number } from './grammar.ts';

export const composer = {
  label: 'Message',
  form: 'Write a message',
  placeholder: (room: string) => `Message #${room}`,
  directPlaceholder: (nick: string) => `Message ${isolated(nick)}`,
  send: 'Send',
  save: 'Save',
  emoji: 'Insert emoji',
  emojiFailed: 'The emoji could not be loaded. Please try again.',
  help: 'Formatting and commands',
  helpFailed: 'The help could not be loaded. Please try again.',
  location: 'Send location',
  left: (count: number) => `${counted(count, 'character', 'characters')} left`,
  over: (count: number) => `${counted(count, 'character', 'characters')} too many`,
  tooMuch: (length: number, most: number) =>
    `That has ${counted(length, 'character', 'characters')}, and the field takes ${number(most)}. Nothing was pasted.`,
  throttled: (seconds: number) => `A little too fast. You can send again in ${number(seconds)} s.`,
  serverFull: (seconds: number) => `The server has no room for messages now. Trying again in ${number(seconds)} s.`,
  replying: (nick: string) => `Answering ${isolated(nick)}`,
  editing: 'Changing your message',
  cancel: 'Cancel',
  emptyEdit: 'A message cannot be changed to nothing. You can delete it instead.',
  editGone: 'The message was deleted, so it cannot be changed any more.',
  suggestions: 'Suggestions',
  away: 'away',
};

export const location = {
  unsupported: 'This browser cannot tell where you are, so your location was not sent.',
  denied: 'The browser was not allowed to tell where you are. You can allow it in the site settings and try again.',
  unavailable: 'Your location could not be found. Please try again.',
  timeout: 'Finding your location took too long. Please try again.',
  title: 'Your location',
  see: 'See it on the map',
  exactness: 'How exactly?',
  precise: 'Precisely',
  approximate: 'Roughly, to about 1 km',
  send: 'Send this location',
  cancel: 'Cancel',
};

export function typing(nicks: readonly string[]): string {
  if (nicks.length === 0) {
    return '';
  }
  if (nicks.length > NAMED_WRITERS) {
    return 'Several people are typing…';
  }
  return `${and(nicks.map(isolated))} ${nicks.length === 1 ? 'is' : 'are'} typing…`;
}
