// The catalogue in Arabic: comes when it is asked for.

import type { Catalogue } from '../language.ts';
import { commands, help } from './commands.ts';
import { composer, location, typing } from './composer.ts';
import { connection } from './connection.ts';
import { device } from './device.ts';
import { emoji } from './emoji.ts';
import { join } from './join.ts';
import { dates, folded, markup, message } from './message.ts';
import { notify } from './notify.ts';
import { crash, page } from './page.ts';
import { people } from './people.ts';
import { room } from './room.ts';
import { directory, rooms, switcher } from './rooms.ts';
import { search } from './search.ts';
import { lines, sentences } from './server.ts';
import { settings } from './settings.ts';
import { shortcuts } from './shortcuts.ts';
import { timeline } from './timeline.ts';

export const arabic: Catalogue = {
  product: 'Chinwag',
  tagline: 'اختر اسمًا، واختر غرفة، وابدأ الحديث.',
  skipToComposer: page.skipToComposer,
  page,
  join,
  room,
  rooms,
  directory,
  switcher,
  people,
  connection,
  timeline,
  message,
  markup,
  folded,
  lines,
  sentences,
  dates,
  typing,
  composer,
  commands,
  help,
  emoji,
  location,
  search,
  notify,
  device,
  settings,
  shortcuts,
  crash,
};
