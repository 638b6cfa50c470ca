// Runs inside a page that nobody looks at: people who talk to the server without any user interface, as whoever means ill
// does.

import { connect, JoinError, type Room, type RoomEvent } from '../../src/lib.ts';
import { browserEnvironment } from '../../src/session/browser.ts';
import type { Environment, Keep } from '../../src/session/environment.ts';

type Client = ReturnType<typeof connect>;

interface Somebody {
  readonly client: Client;
  readonly room: Room;
  /** The place of the last entry of their own. */
  own: number;
  renamed: ((done: boolean) => void) | null;
  /** A name was refused, and they are on their way back under the one before. */
  refused: boolean;
}

const crowd: Somebody[] = [];

function forgetful(): Keep {
  return { keys: () => [], get: () => null, set: () => undefined };
}

/** Somebody else than the page's user. */
function world(): Environment {
  const nothing = { tab: forgetful(), device: forgetful(), shared: null, attic: null };
  return { ...browserEnvironment(), ...nothing, supported: ['WebSocket'] };
}

/** Answers who that is from now on; null if the server does not take the names. `as`: one who is in another room already. */
async function enters(room: string, nick: string, as: number | null): Promise<number | null> {
  const client = (as === null ? null : crowd[as]?.client) ?? connect({ environment: world() });
  const who = { own: 0, renamed: null as Somebody['renamed'], refused: false };
  try {
    const joined = await client.join(room, nick, (event) => hear(who, event));
    return crowd.push(Object.assign(who, { client, room: joined })) - 1;
  } catch (error) {
    if (error instanceof JoinError) {
      return null;
    }
    throw error;
  }
}

function hear(who: Omit<Somebody, 'client' | 'room'>, event: RoomEvent): void {
  if (event.kind === 'entry' && event.told.id !== null) {
    who.own = event.told.entry.seq;
  } else if (event.kind === 'renamed') {
    who.renamed?.(true);
  } else if (event.kind === 'notRenamed') {
    who.refused = true;
  } else if (event.kind === 'joined' && who.refused) {
    who.refused = false;
    who.renamed?.(false);
  }
}

function one(who: number): Somebody {
  const somebody = crowd[who];
  if (somebody === undefined) {
    throw new Error(`nobody is number ${who}`);
  }
  return somebody;
}

/** Whether the server takes the name. Answers when they are in the room again, under whichever name. */
function calls(who: number, nick: string): Promise<boolean> {
  const somebody = one(who);
  return new Promise((resolve) => {
    somebody.renamed = resolve;
    somebody.room.rename(nick);
  });
}

/** Answers its place in the log; null if the server refuses it. */
async function says(who: number, text: string, to: number | null): Promise<number | null> {
  const somebody = one(who);
  const sent = to === null ? somebody.room.send(text) : somebody.room.reply(to, text);
  return (await taken(sent)) ? somebody.own : null;
}

/** Whether the server takes the topic. */
function speaksOf(who: number, topic: string): Promise<boolean> {
  return taken(one(who).room.setTopic(topic));
}

async function taken(sent: Promise<void>): Promise<boolean> {
  return await sent.then(
    () => true,
    () => false,
  );
}

const inside = { enters, calls, says, speaksOf };

declare global {
  var chinwagCrowd: typeof inside;
}

globalThis.chinwagCrowd ??= inside;
