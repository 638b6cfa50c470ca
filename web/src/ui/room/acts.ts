// What the composer's commands do on the page around it.

import type { Chat } from '../../store/types.ts';
import type { Acts } from '../composer/acts.ts';
import { slim } from '../media.ts';
import { drawer, openSearch, peopleBeside, turnPeopleBeside } from '../panels.ts';
import { said } from '../said.ts';

export function actsOf(chat: Chat, leave: () => void): Acts {
  return {
    async join(name) {
      const result = await chat.join({ kind: 'public', name }, chat.room.peek()?.nick ?? '');
      return result.ok ? null : said(result.refusal);
    },
    leave,
    people: showPeople,
    search: openSearch,
  };
}

function showPeople(): void {
  if (slim.peek()) {
    drawer.value = 'people';
  } else if (!peopleBeside.peek()) {
    turnPeopleBeside();
  }
}
