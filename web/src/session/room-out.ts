// What one room's machine wants done in one turn, in order.

import type { Command } from '../wire/protocol.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';

export class RoomOut {
  #effects: RoomEffect[] = [];

  push(...effects: readonly RoomEffect[]): void {
    this.#effects.push(...effects);
  }

  send(command: Command): void {
    this.push({ kind: 'send', command });
  }

  tell(event: RoomEvent): void {
    this.push({ kind: 'tell', event });
  }

  /** All since the last time. */
  take(): RoomEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
