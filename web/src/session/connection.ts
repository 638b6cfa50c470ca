// One carrier with its lanes, in commands and events. What rooms hear waits for the Welcome, which travels on a lane of
// its own and may come later. After `mute` nothing is heard any more, whatever still arrives.

import type { Carrier, Lane } from '../transport/carrier.ts';
import { type Command, decodeEvent, type Event, encodeCommand } from '../wire/protocol.ts';

export interface ConnectionListener<Room> {
  /** Something came; told before what it is. */
  alive(from: 'room' | 'control'): void;
  control(event: Event): void;
  room(room: Room, event: Event): void;
  roomEnd(room: Room): void;
}

/** A room's lane, and which of its numbered commands have been said and answered. */
interface RoomLane {
  readonly lane: Lane;
  said: number;
  answered: number;
}

export class Connection<Room> {
  readonly carrier: Carrier;
  readonly #listener: ConnectionListener<Room>;
  readonly #control: Lane;
  readonly #rooms = new Map<Room, RoomLane>();
  /** What rooms heard before the Welcome; null after it. Bounded by how long a greeting may take. */
  #held: (() => void)[] | null = [];
  #muted = false;

  constructor(carrier: Carrier, listener: ConnectionListener<Room>) {
    this.carrier = carrier;
    this.#listener = listener;
    this.#control = carrier.openLane({
      frame: (payload) => this.#receive(null, payload, (event) => this.#hearControl(event)),
      // The carrier says by itself when it is over.
      end: () => undefined,
    });
  }

  say(command: Command): void {
    this.#control.send(encodeCommand(command));
  }

  openRoom(room: Room, first: Command): void {
    this.closeRoom(room);
    const isOpen = (): boolean => this.#rooms.get(room)?.lane === lane;
    const lane = this.carrier.openLane({
      frame: (payload) =>
        this.#receive(room, payload, (event) => this.#whenWelcomed(() => isOpen() && this.#listener.room(room, event))),
      end: () => this.#whenWelcomed(() => isOpen() && this.#listener.roomEnd(room)),
    });
    this.#rooms.set(room, { lane, said: 0, answered: 0 });
    lane.send(encodeCommand(first));
  }

  sayIn(room: Room, command: Command): void {
    const open = this.#rooms.get(room);
    if (open !== undefined && command.kind === 'Send') {
      open.said = Math.max(open.said, command.number);
    }
    open?.lane.send(encodeCommand(command));
  }

  /** Whether answers to numbered commands are still to come. */
  get awaiting(): boolean {
    return [...this.#rooms.values()].some(({ said, answered }) => said > answered);
  }

  closeRoom(room: Room): void {
    const open = this.#rooms.get(room);
    this.#rooms.delete(room);
    open?.lane.end();
  }

  mute(): void {
    this.#muted = true;
    this.#held = [];
  }

  close(): void {
    this.mute();
    this.carrier.close();
  }

  #receive(room: Room | null, payload: Uint8Array, hear: (event: Event) => void): void {
    if (this.#muted) {
      return;
    }
    const event = decoded(payload);
    if (event === null) {
      this.carrier.close();
      return;
    }
    if (room !== null) {
      this.#note(room, event);
    }
    this.#listener.alive(room === null ? 'control' : 'room');
    this.#hear(() => hear(event));
  }

  #note(room: Room, event: Event): void {
    const open = this.#rooms.get(room);
    if (open === undefined || (event.kind !== 'Ack' && event.kind !== 'Refused')) {
      return;
    }
    if (event.kind === 'Refused' && event.refusal.retry) {
      // It is not on its way any more, nor is what came after it.
      open.said = Math.min(open.said, event.number - 1);
    } else {
      open.answered = Math.max(open.answered, event.number);
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
