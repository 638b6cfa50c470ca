// What the first screen says in English. The rest of the catalogue comes behind it.

import { join } from './join.ts';
import { crash, page } from './page.ts';

export const first = {
  product: 'Chinwag',
  tagline: 'Pick a name, pick a room, start talking.',
  skipToComposer: page.skipToComposer,
  page,
  join,
  crash,
};
