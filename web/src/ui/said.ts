// What the server and the session have to say, in the reader's language. English is what they speak themselves.

import type { Sentence, ServerLine } from '../store/types.ts';
import { language } from './strings/language.ts';
import { strings } from './strings.ts';

/** By its code; what has none, or none that there are words for, is said as it came. */
export function said({ code, text }: Sentence): string {
  return language.value === 'en' || code === undefined ? text : (strings.sentences[code] ?? text);
}

/** A line that the server's words stand in. */
export function lineSaid({ event, text }: Pick<ServerLine, 'event' | 'text'>): string {
  const words = strings.lines;
  switch (event.kind) {
    case 'joined':
      return words.joined(event.nick);
    case 'left':
      return words.left(event.nick);
    case 'topic':
      return event.text === '' ? words.topicCleared(event.nick) : words.topic(event.nick, event.text);
    case 'notice':
      return said({ text, code: event.code });
  }
}
