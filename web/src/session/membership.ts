// The driver of one room's machine: carries out its effects.

import type { Command, Content } from '../wire/protocol.ts';
import type { Environment } from './environment.ts';
import { RoomMachine } from './room.ts';
import type { RoomEffect, RoomEvent, SavedRoom } from './room-events.ts';
import { Turn } from './turn.ts';

/** What a room asks of its session. */
export interface RoomHost {
  say(member: Membership, command: Command): void;
  openLane(member: Membership): void;
  over(member: Membership): void;
  broken(): void;
}

export class Membership {
  readonly machine: RoomMachine;
  readonly #env: Environment;
  readonly #host: RoomHost;
  readonly #tell: (event: RoomEvent) => void;
  readonly #turn = new Turn<RoomEffect>((effect) => this.#carryOut(effect));
  #cancelWake: () => void = () => undefined;
  #ids = 0;
  readonly #idPrefix: string;

  constructor(
    env: Environment,
    host: RoomHost,
    names: { room: string; nick: string },
    tell: (event: RoomEvent) => void,
  ) {
    this.#env = env;
    this.#host = host;
    this.#tell = tell;
    this.#idPrefix = `${env.now().toString(36)}.${env.randomBytes(4).join('.')}`;
    this.machine = new RoomMachine(names.room, names.nick, restored(env.tab.get(storageKey(names.room))));
  }

  /** Hands in a message and returns its id; `at` is when it was written, by the server's clock. */
  send(content: Content, at: number): string {
    this.#ids += 1;
    const id = `${this.#idPrefix}.${this.#ids}`;
    this.resend(id, content, at);
    return id;
  }

  /** Hands in a message that was refused before, as a new one under the same id. */
  resend(id: string, content: Content, at: number): void {
    this.run(this.machine.send(id, content, at, this.#env.now()));
  }

  retry(id: string): void {
    this.run(this.machine.retry(id, this.#env.now()));
  }

  discard(id: string): void {
    this.run(this.machine.discard(id, this.#env.now()));
  }

  older(before: number): void {
    this.run(this.machine.older(before, this.#env.now()));
  }

  typing(): void {
    this.run(this.machine.typing());
  }

  leave(): void {
    this.run(this.machine.leave());
  }

  /** Keeps nothing over a reload, and wakes no more. */
  forget(): void {
    this.#cancelWake();
    this.#env.tab.set(storageKey(this.machine.room), null);
  }

  run(effects: readonly RoomEffect[]): void {
    this.#turn.take(effects);
  }

  #carryOut(effect: RoomEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#host.say(this, effect.command);
      case 'tell':
        return this.#tell(effect.event);
      case 'save':
        return this.#save(effect.saved);
      case 'wake':
        return this.#wake(effect.at);
      case 'rejoin':
        return this.#host.openLane(this);
      case 'broken':
        return this.#host.broken();
      case 'over':
        return this.#host.over(this);
    }
  }

  #wake(at: number | null): void {
    this.#cancelWake();
    if (at !== null) {
      const run = (): void => this.run(this.machine.tick(this.#env.now()));
      this.#cancelWake = this.#env.after(Math.max(0, at - this.#env.now()), run);
    }
  }

  #save(saved: SavedRoom): void {
    const worthKeeping = saved.you !== null || saved.items.length > 0;
    this.#env.tab.set(storageKey(this.machine.room), worthKeeping ? JSON.stringify(saved) : null);
  }
}

/** One key for what the server takes for one room, as far as a browser can fold names. */
function storageKey(room: string): string {
  return `chinwag.room.${room.normalize('NFKC').toLowerCase().trim()}`;
}

/** The tab's own storage, written by this very code: a text that does not parse is as good as none. */
function restored(text: string | null): SavedRoom {
  try {
    const saved: Partial<SavedRoom> | null = JSON.parse(text ?? 'null');
    return { you: saved?.you ?? null, items: Array.isArray(saved?.items) ? saved.items : [] };
  } catch {
    return { you: null, items: [] };
  }
}
