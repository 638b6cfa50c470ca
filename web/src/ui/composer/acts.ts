// What commands do: some to the chat, some to the page around the composer.

import type { Chat } from '../../store/types.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { addressee, type Command } from './commands.ts';

/** What the composer asks of the page. */
export interface Acts {
  /** Opens a public room; resolves with the sentence why not, or null. */
  join(room: string): Promise<string | null>;
  leave(): void;
  /** Shows who is here. */
  people(): void;
  search(words: string): void;
}

/** Those that concern the composer itself. */
export interface OwnActs {
  help(): void;
  locate(): void;
}

/** Resolves with the sentence why it did not work, or null. */
export async function perform(command: Command, chat: Chat, acts: Acts & OwnActs): Promise<string | null> {
  switch (command.name) {
    case 'join':
      return acts.join(command.room);
    case 'nick':
      return refusalOf(await chat.rename(command.nick));
    case 'topic':
      return reasonOf(await chat.setTopic(command.text));
    case 'msg':
      return message(command.rest, chat);
    case 'search':
      acts.search(command.words);
      return null;
    case 'who':
      acts.people();
      return null;
    case 'leave':
      acts.leave();
      return null;
    case 'help':
      acts.help();
      return null;
    case 'location':
      acts.locate();
      return null;
  }
}

async function message(rest: string, chat: Chat): Promise<string | null> {
  const room = chat.room.peek();
  const to = addressee(rest, room?.members ?? []);
  if (room === null || to === null) {
    return strings.commands.nobody(rest.split(/\s/u)[0] ?? rest);
  }
  if (to.member.id === room.you) {
    return strings.commands.oneself;
  }
  const refusal = refusalOf(await chat.message(to.member));
  if (refusal !== null || to.text === '') {
    return refusal;
  }
  return reasonOf(await chat.send({ kind: 'text', body: to.text }));
}

function refusalOf(result: Awaited<ReturnType<Chat['rename']>>): string | null {
  return result.ok ? null : said(result.refusal);
}

/** What failed without an answer stays in the timeline, where it can be tried again. */
function reasonOf(result: Awaited<ReturnType<Chat['send']>>): string | null {
  return result.kind === 'refused' ? said(result) : null;
}
