// The picker of emoji.

import { counted } from './grammar.ts';

export const emoji = {
  label: 'Emoji',
  search: 'Search emoji',
  none: 'No emoji is called that.',
  found: (count: number) => counted(count, 'emoji found', 'emoji found'),
  tone: 'Skin tone',
  tones: ['Yellow', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
  close: 'Close',
  categories: {
    recent: 'Recently used',
    smileys: 'Smileys and emotion',
    people: 'People and body',
    nature: 'Animals and nature',
    food: 'Food and drink',
    travel: 'Travel and places',
    activities: 'Activities',
    objects: 'Objects',
    symbols: 'Symbols',
    flags: 'Flags',
  },
};
