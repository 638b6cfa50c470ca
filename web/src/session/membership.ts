// The driver of one room's machine: carries out its effects.

import type { Command, Content } from '../wire/protocol.ts';
import type { Environment } from './environment.ts';
import { keepPersona, personaOf, renamedTo } from './persona.ts';
import type { Place } from './place.ts';
import type { Question } from './questions.ts';
import { RoomMachine } from './room.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import type { Lodging, Slot } from './slot.ts';
import { Turn } from './turn.ts';

/** What a room asks of its session. */
export interface RoomHost {
  say(member: Membership, command: Command): void;
  openLane(member: Membership): void;
  over(member: Membership): void;
  broken(): void;
  /** One is called otherwise in this room now. */
  renamed(member: Membership, from: string): void;
}

/** What a session gives to a member of a room. */
export interface Parts {
  readonly env: Environment;
  readonly slot: Slot;
  readonly host: RoomHost;
}

/** Where members are taken in. */
export interface Lodge {
  enter(make: (parts: Parts) => Membership): Membership;
}

/** Joins a room; `tell` hears all that happens in it. After the session's `prepare`. */
export function join(lodge: Lodge, lodging: Lodging, tell: (event: RoomEvent) => void): Membership {
  return lodge.enter((parts) => new Membership(parts, lodging, tell));
}

export class Membership {
  readonly machine: RoomMachine;
  readonly #env: Environment;
  readonly #slot: Slot;
  readonly #host: RoomHost;
  readonly #tell: (event: RoomEvent) => void;
  readonly #turn = new Turn<RoomEffect>((effect) => this.#carryOut(effect));
  #cancelWake: () => void = () => undefined;
  #ids = 0;
  #asks = 0;
  readonly #lodging: Lodging;
  readonly #idPrefix: string;

  constructor({ env, slot, host }: Parts, lodging: Lodging, tell: (event: RoomEvent) => void) {
    this.#env = env;
    this.#slot = slot;
    this.#host = host;
    this.#tell = tell;
    this.#idPrefix = `${env.now().toString(36)}.${env.randomBytes(4).join('.')}`;
    this.#lodging = lodging;
    this.machine = new RoomMachine(lodging.place, personaOf(env, lodging.nick), slot.room(lodging.place.id));
  }

  /** Hands in a message and returns its id; `at` is when it was written, by the server's clock. */
  send(content: Content, at: number): string {
    this.#ids += 1;
    const id = `${this.#idPrefix}.${this.#ids}`;
    this.run(this.machine.send(id, content, { at, now: this.#env.now() }));
    return id;
  }

  retry(id: string): void {
    this.run(this.machine.retry(id, this.#env.now()));
  }

  discard(id: string): void {
    this.run(this.machine.discard(id, this.#env.now()));
    void this.#slot.kept(); // at once: who deletes something does not want to see it again. Never rejects
  }

  /** Returns the number by which the answer is known. */
  ask(question: Question): number {
    this.#asks += 1;
    this.run(this.machine.ask(this.#asks, question, this.#env.now()));
    return this.#asks;
  }

  rename(nick: string): void {
    this.run(this.machine.rename(renamedTo(this.#env, this.machine.who, nick), this.#env.now()));
  }

  /** All up to there has been read. */
  read(seq: number): void {
    this.run(this.machine.mention({ kind: 'Read', seq }));
  }

  invite(to: number, place: Place): void {
    this.run(this.machine.invite(to, place));
  }

  typing(): void {
    this.run(this.machine.mention({ kind: 'Typing' }));
  }

  leave(): void {
    this.run(this.machine.leave(this.#env.now()));
  }

  /** Wakes no more, and keeps nothing but what is not sent. */
  forget(): void {
    this.#cancelWake();
    if (this.machine.hasUnsent) {
      this.#slot.leaveRoom(this.machine.place.id);
    } else {
      this.#slot.dropRoom(this.machine.place.id);
    }
  }

  run(effects: readonly RoomEffect[]): void {
    this.#turn.take(effects);
  }

  #carryOut(effect: RoomEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#host.say(this, effect.command);
      case 'tell':
        if (effect.event.kind === 'renamed') {
          this.#renamed(effect.event.from);
        }
        return this.#tell(effect.event);
      case 'save':
        return this.#save(effect);
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

  #renamed(from: string): void {
    const { who, place } = this.machine;
    keepPersona(this.#env, who); // whoever comes under this name from now on is this person
    this.#slot.rename(place.id, who.nick);
    this.#host.renamed(this, from);
  }

  #wake(at: number | null): void {
    this.#cancelWake();
    if (at !== null) {
      const run = (): void => this.run(this.machine.tick(this.#env.now()));
      this.#cancelWake = this.#env.after(Math.max(0, at - this.#env.now()), run);
    }
  }

  #save({ save, awaited, hurry, origin, items }: Extract<RoomEffect, { kind: 'save' }>): void {
    const lodging = { ...this.#lodging, nick: this.machine.who.nick };
    this.#slot.save(lodging, origin, items);
    if (awaited) {
      const done = (safely: boolean): void => this.run(this.machine.kept(save, safely, this.#env.now()));
      void this.#slot.kept(hurry ? 'quick' : 'safe').then(done); // never rejects
    }
  }
}
