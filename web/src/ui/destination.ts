// The message that somebody wants to see in the room that is open or about to open: from an address, a hit of a search
// or a notification. The message list goes there and forgets it.

import { signal } from '@preact/signals';

/** Its sequence number; null when the list may stay where it is. */
export const destination = signal<number | null>(null);

/** Whether the way to the message that was asked for last led nowhere. */
export const astray = signal(false);

export function show(seq: number): void {
  destination.value = seq;
}

/** What `/r/lobby?at=123` asks for. */
export function destinationIn(query: string): number | null {
  const at = Number(new URLSearchParams(query).get('at') ?? '');
  return Number.isSafeInteger(at) && at > 0 ? at : null;
}

/** The way to one message of a public room. */
export function permalink(roomPath: string, seq: number): string {
  return `${location.origin}${roomPath}?at=${seq}`;
}
