// Links to this server's own rooms and messages: they are followed without leaving the page.

import { placeOf } from '../../store/targets.ts';
import type { Chat } from '../../store/types.ts';
import { destinationIn, show } from '../destination.ts';
import { parseRoute } from '../route.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import type { Desk } from './desk.ts';

interface Place {
  readonly room: string;
  /** A message; null for the room as a whole. */
  readonly seq: number | null;
}

/** Goes where a plain click on such a link leads; every other click is the browser's. */
export function follow(event: MouseEvent, { chat, say }: Desk): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const place = link === null || !isPlain(event) ? null : placeIn(link.href, location.origin);
  if (place !== null) {
    event.preventDefault();
    void go(place, chat, say); // never rejects
  }
}

/** The place in a public room of this server that an address leads to; null for all other addresses. */
export function placeIn(href: string, origin: string): Place | null {
  const { origin: where, pathname, search } = new URL(href);
  const { room } = parseRoute(pathname, '');
  return where === origin && room !== '' ? { room, seq: destinationIn(search) } : null;
}

function isPlain({ button, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !ctrlKey && !metaKey && !shiftKey && !altKey;
}

async function go({ room, seq }: Place, chat: Chat, say: (text: string) => void): Promise<void> {
  const problem = await enter(room, chat);
  if (problem !== null) {
    say(problem);
  } else if (seq !== null) {
    // Not before the room is open: the list of the one before would go there.
    show(seq);
  }
}

/** Returns why that is not possible; null once the room is open. */
async function enter(name: string, chat: Chat): Promise<string | null> {
  const target = { kind: 'public', name } as const;
  const { id } = placeOf(target);
  if (chat.rooms.peek().some((room) => room.id === id)) {
    chat.activate(id); // under whatever name one has there
    return null;
  }
  const result = await chat.join(target, chat.room.peek()?.nick ?? '').catch(() => null);
  return result === null ? strings.join.failed : result.ok ? null : said(result.refusal);
}
