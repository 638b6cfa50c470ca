// People with a chat each at one server for tests, and what they see.

import { createChat } from '../store/chat.ts';
import type { Chat, Message, RoomCard, RoomTarget } from '../store/types.ts';
import { FakeServer } from './server.ts';
import { type Tab, World } from './world.ts';

export interface Person {
  readonly tab: Tab;
  readonly chat: Chat;
  /** As when the browser shuts the page down. */
  close(): void;
}

export class Company {
  readonly server = new FakeServer();
  readonly world: World;

  constructor(random?: () => number) {
    this.world = new World(this.server, random);
    this.server.announces = true;
  }

  sit(tab: Tab = this.world.tab()): Person {
    const life = new AbortController();
    return { tab, chat: createChat(tab.environment(), life.signal), close: () => life.abort() };
  }

  /** Somebody in these public rooms; the last one is open. */
  async comes(nick: string, ...rooms: readonly string[]): Promise<Person> {
    const person = this.sit();
    for (const room of rooms) {
      await this.enters(person, nick, room);
    }
    return person;
  }

  async enters({ chat }: Person, nick: string, room: string | RoomTarget): Promise<void> {
    const target = typeof room === 'string' ? ({ kind: 'public', name: room } as const) : room;
    await this.done(chat.join(target, nick));
    await this.world.advance(20);
  }

  /** What comes of it, when it comes. */
  async done<T>(work: Promise<T>): Promise<T> {
    const settled: { value?: T; error?: unknown } = {};
    work.then(
      (value) => Object.assign(settled, { value }),
      (error: unknown) => Object.assign(settled, { error }),
    );
    await this.world.until(() => Object.keys(settled).length > 0);
    return work;
  }
}

export function messages({ room }: Chat): Message[] {
  return (room.value?.timeline ?? []).filter((item) => item.kind === 'message');
}

/** Of each message its text, or what it is. */
export function texts(chat: Chat): string[] {
  return messages(chat).map(({ content }) => (content.kind === 'text' ? content.body : `(${content.kind})`));
}

export function card({ rooms }: Chat, name: string): RoomCard | undefined {
  return rooms.value.find((room) => room.name === name);
}

export function message(chat: Chat, text: string): Message {
  const found = messages(chat).find(({ content }) => content.kind === 'text' && content.body === text);
  if (found === undefined) {
    throw new Error(`no message "${text}" among ${JSON.stringify(texts(chat))}`);
  }
  return found;
}
