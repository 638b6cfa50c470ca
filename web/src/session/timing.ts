// How long the link's machine waits for what. How long it bears silence is in heartbeat.ts.

/** A discovery that has led nowhere is given up; so is, counted anew, the race after it. */
export const ATTEMPT_MS = 8_000;
/** A move goes on over one carrier, already dialled; then the attempt begins with a new discovery. */
const MOVE_MS = 2_000;
/** Three round trips to dial, one to greet, and some that get lost: slow networks get that much. */
const ATTEMPT_TRIPS = 6;
/** How long Hello waits for its answer where nothing is known of the round trip. */
const GREET_MS = 3_000;
/** ... and where it is known: so many of them. When the session moves, it speaks through nothing else meanwhile. */
const GREET_TRIPS = 4;
const GREET_MOVING_MS = 1_000;
const GREET_MOST_MS = 10_000;
/** A connection that lived shorter than this counts as a failed attempt. */
export const SETTLED_MS = 5_000;
/** Browsers err about being offline (a machine with only a loopback): look now and then. */
export const OFFLINE_LOOK_MS = 5_000;
/**
 * When WebTransport is tried again while on WebSocket, counted from the end of the last try; the last one repeats. With
 * the life of a probe that stays below half of the minute within which the session is to be back.
 */
export const PROBES_MS = [10_000, 20_000] as const;
export const PROBE_LIFE_MS = 8_000;
/** A second carrier that was not needed costs a handshake: not again for so long. */
export const HEDGE_REST_MS = 3_000;

/** `reasonableMs`: what a slow answer takes; null if that is not known. */
export function raceWithin(reasonableMs: number | null, moving: boolean): number {
  return Math.max(moving ? MOVE_MS : ATTEMPT_MS, ATTEMPT_TRIPS * (reasonableMs ?? 0));
}

export function greetWithin(reasonableMs: number | null, moving: boolean): number {
  if (reasonableMs === null) {
    return GREET_MS;
  }
  return Math.min(GREET_MOST_MS, Math.max(moving ? GREET_MOVING_MS : GREET_MS, GREET_TRIPS * reasonableMs));
}
