// Searching what was said.

import { counted, isolated, number } from './grammar.ts';

export const search = {
  open: 'Search',
  title: 'Search messages',
  field: 'Words to find',
  hint: 'In all your rooms. Narrow it with',
  searching: 'Searching…',
  none: 'No results',
  stale: (words: string) => `Found for “${isolated(words)}”. Press Enter to search anew.`,
  results: (count: number, more: boolean) =>
    more ? `${number(count)} newest results` : counted(count, 'result', 'results'),
  more: 'Show older results',
  tooMany: 'There are more. Another word finds them sooner.',
  nothing: 'Type a word to find, or a name as in from:ann.',
  badDate: (typed: string) => `“${isolated(typed)}” is no date. Write it as in 2026-01-31.`,
  noRoom: (typed: string) => `You are in no room named “${isolated(typed)}”.`,
  failed: 'The search did not work. Try again in a moment.',
  unreachable: 'This message cannot be reached right now.',
};
