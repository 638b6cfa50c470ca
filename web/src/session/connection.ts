// One carrier with its lanes, in commands and events. What rooms hear waits for the Welcome, which travels on a lane of
// its own and may come later. After `mute` nothing is heard any more, whatever still arrives.

import type { Carrier, Lane } from '../transport/carrier.ts';
import { type Command, decodeEvent, type Event, encodeCommand } from '../wire/protocol.ts';

export interface ConnectionListener<Room> {
  /** Something came, whatever it is. */
  alive(): void;
  control(event: Event): void;
  room(room: Room, event: Event): void;
  roomEnd(room: Room): void;
}

export class Connection<Room> {
  readonly carrier: Carrier;
  readonly #listener: ConnectionListener<Room>;
  readonly #control: Lane;
  readonly #rooms = new Map<Room, Lane>();
  /** What rooms heard before the Welcome; null after it. Bounded by how long a greeting may take. */
  #held: (() => void)[] | null = [];
  #muted = false;

  constructor(carrier: Carrier, listener: ConnectionListener<Room>) {
    this.carrier = carrier;
    this.#listener = listener;
    this.#control = carrier.openLane({
      frame: (payload) => this.#receive(payload, (event) => this.#hearControl(event)),
      // The carrier says by itself when it is over.
      end: () => undefined,
    });
  }

  say(command: Command): void {
    this.#control.send(encodeCommand(command));
  }

  openRoom(room: Room, first: Command): void {
    this.closeRoom(room);
    const isOpen = (): boolean => this.#rooms.get(room) === lane;
    const lane = this.carrier.openLane({
      frame: (payload) =>
        this.#receive(payload, (event) => this.#whenWelcomed(() => isOpen() && this.#listener.room(room, event))),
      end: () => this.#whenWelcomed(() => isOpen() && this.#listener.roomEnd(room)),
    });
    this.#rooms.set(room, lane);
    lane.send(encodeCommand(first));
  }

  sayIn(room: Room, command: Command): void {
    this.#rooms.get(room)?.send(encodeCommand(command));
  }

  closeRoom(room: Room): void {
    const lane = this.#rooms.get(room);
    this.#rooms.delete(room);
    lane?.end();
  }

  mute(): void {
    this.#muted = true;
    this.#held = [];
  }

  close(): void {
    this.mute();
    this.carrier.close();
  }

  #receive(payload: Uint8Array, hear: (event: Event) => void): void {
    this.#listener.alive();
    if (this.#muted) {
      return;
    }
    const event = decoded(payload);
    if (event === null) {
      this.carrier.close();
    } else {
      hear(event);
    }
  }

  #hearControl(event: Event): void {
    this.#listener.control(event);
    if (event.kind === 'Welcome') {
      const held = this.#held ?? [];
      this.#held = null;
      for (const hear of held) {
        this.#hear(hear);
      }
    }
  }

  #whenWelcomed(hear: () => void): void {
    if (this.#held === null) {
      this.#hear(hear);
    } else {
      this.#held.push(hear);
    }
  }

  #hear(hear: () => void): void {
    if (!this.#muted) {
      hear();
    }
  }
}

/** Null for bytes that make no sense. */
function decoded(payload: Uint8Array): Event | null {
  try {
    return decodeEvent(payload);
  } catch {
    return null;
  }
}
