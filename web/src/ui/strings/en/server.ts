// What the server and the session have to say.

import type { Sentence } from '../../../store/types.ts';

/** By their codes; none, because they come in English. */
export const sentences: Partial<Record<NonNullable<Sentence['code']>, string>> = {};

export const lines = {
  joined: (nick: string) => `${nick} has joined!`,
  left: (nick: string) => `${nick} has left!`,
  topic: (nick: string, topic: string) => `${nick} has set the topic: ${topic}`,
  topicCleared: (nick: string) => `${nick} has cleared the topic`,
};
