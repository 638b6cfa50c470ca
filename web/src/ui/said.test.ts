import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerLine } from '../store/types.ts';
import { lineSaid, said } from './said.ts';
import { chooseLanguage } from './strings/language.ts';

const PROFANE = { code: 'Profanity', text: 'Profanity is not allowed!' } as const;
const LINES: readonly Pick<ServerLine, 'event' | 'text'>[] = [
  { text: 'Welcome!', event: { kind: 'notice', code: 'Welcome' } },
  { text: 'ann has joined!', event: { kind: 'joined', nick: 'ann' } },
  { text: 'ann has left!', event: { kind: 'left', nick: 'ann' } },
  { text: 'ann has set the topic: tea', event: { kind: 'topic', nick: 'ann', text: 'tea' } },
  { text: 'ann has cleared the topic', event: { kind: 'topic', nick: 'ann', text: '' } },
];

// T2
describe('what the server says', () => {
  beforeEach(() => chooseLanguage('ar'));
  afterAll(() => chooseLanguage('en'));

  it('is said in the language of the page', () => {
    const sentences = [said(PROFANE), ...LINES.map(lineSaid)];
    expect(sentences.filter((text) => !/\p{Script=Arabic}/u.test(text))).toEqual([]);
    expect(sentences[2]).toContain('\u2068ann\u2069');
  });

  it('stands as it came if nobody knows what it is', () => {
    expect(said({ text: 'Something new.' })).toBe('Something new.');
    expect(lineSaid({ text: 'Maintenance at noon.', event: { kind: 'notice' } })).toBe('Maintenance at noon.');
  });

  it('is in English what the server has said, to the letter', async () => {
    await chooseLanguage('en');
    expect(said(PROFANE)).toBe(PROFANE.text);
    expect(LINES.map(lineSaid)).toEqual(LINES.map(({ text }) => text));
  });
});
