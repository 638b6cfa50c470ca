// What the server and the session say to people: in English, and with a code by which other languages have it.

import type { Bye, RefusalCode } from '../wire/protocol.ts';

/** What is said here, without the server. */
type OwnCode =
  | 'Welcome'
  | 'NoAnswer'
  | 'NotKept'
  | 'HasLeft'
  | 'NotNow'
  | 'NotInARoom'
  | 'Closed'
  | 'TopicTooLong'
  | 'TopicNotOneLine'
  | 'SearchTooLong';

export type SentenceCode = RefusalCode | Bye['code'] | OwnCode;

/** Without a code the text is all there is: the server has said something new, or it was kept before there were codes. */
export interface Sentence {
  readonly text: string;
  readonly code?: SentenceCode | undefined;
}

/** The sentence alone, without whatever else holds it. */
export function sentenceIn({ text, code }: Sentence): Sentence {
  return { text, code };
}

/** Notices of the server have no code; the one of the welcome is always the same. */
export function codeOfNotice({ code, text }: Sentence): Sentence['code'] {
  return code ?? (text === 'Welcome!' ? 'Welcome' : undefined);
}
