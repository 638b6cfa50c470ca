// The catalogue in English, which says what every other one must hold.

import { commands, help } from './commands.ts';
import { composer, location, typing } from './composer.ts';
import { connection } from './connection.ts';
import { device } from './device.ts';
import { emoji } from './emoji.ts';
import { first } from './first.ts';
import { dates, folded, markup, message } from './message.ts';
import { notify } from './notify.ts';
import { people } from './people.ts';
import { room } from './room.ts';
import { directory, rooms, switcher } from './rooms.ts';
import { search } from './search.ts';
import { lines, sentences } from './server.ts';
import { settings } from './settings.ts';
import { shortcuts } from './shortcuts.ts';
import { timeline } from './timeline.ts';

export const english = {
  ...first,
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
};
