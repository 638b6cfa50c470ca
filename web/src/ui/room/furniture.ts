// What the parts of an open room share, kept while one looks at another room: what is being written, where one was.

import type { Chat } from '../../store/types.ts';
import { Writing } from '../composer/writing.ts';
import { lasting } from '../kept.ts';
import { Feed } from '../timeline/feed.ts';
import { Scroller } from '../timeline/scroller.ts';

export interface Furniture {
  readonly feed: Feed;
  readonly scroller: Scroller;
  readonly writing: Writing;
}

export class Rooms {
  readonly #chat: Chat;
  readonly #known = new Map<string, Furniture>();

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  /** Of a room that was open once. */
  known(id: string): Furniture | undefined {
    return this.#known.get(id);
  }

  /** What was being written in a room that is gone goes on in the one that stands for it. */
  inherit(gone: string, by: string): void {
    const text = this.#known.get(gone)?.writing.text.peek() ?? '';
    const { writing } = this.of(by);
    if (text !== '' && writing.text.peek() === '') {
      writing.write(text);
    }
  }

  /** Of the open room. Rooms that one has left are forgotten. */
  of(id: string): Furniture {
    for (const known of this.#known.keys()) {
      if (known !== id && !this.#chat.rooms.peek().some((room) => room.id === known)) {
        this.#known.delete(known);
      }
    }
    const furniture = this.#known.get(id) ?? furnish(this.#chat, id);
    this.#known.set(id, furniture);
    return furniture;
  }
}

function furnish(chat: Chat, room: string): Furniture {
  const feed = new Feed((run, ms) => void setTimeout(run, ms));
  const scroller = new Scroller({
    hasOlder: () => {
      const room = chat.room.peek();
      return room?.hasOlder === true && !room.loadingOlder;
    },
    loadOlder: () => chat.loadOlder(),
    reachedEnd: () => feed.reachedEnd(),
  });
  const writing = new Writing(chat, { drafts: lasting, room, say: (text) => feed.say(text) });
  return { feed, scroller, writing };
}
