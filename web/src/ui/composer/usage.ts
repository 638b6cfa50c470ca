// A command as it is written.

import { strings } from '../strings.ts';
import type { CommandName } from './commands.ts';

export function usageOf(name: CommandName): string {
  const rest = restOf(name);
  return rest === '' ? `/${name}` : `/${name} ${rest}`;
}

function restOf(name: CommandName): string {
  switch (name) {
    case 'join':
    case 'me':
    case 'nick':
    case 'topic':
    case 'search':
    case 'msg':
      return strings.commands.takes[name];
    case 'shrug':
    case 'location':
    case 'who':
    case 'leave':
    case 'help':
      return '';
  }
}
