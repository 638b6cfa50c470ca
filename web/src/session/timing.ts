// How long the link's machine waits for what.

/** An attempt that has led nowhere is given up: the next one starts with a new discovery. */
export const ATTEMPT_MS = 8_000;
export const GREET_MS = 3_000;
export const PING_MS = 5_000;
export const PING_HIDDEN_MS = 15_000;
export const STALL_MS = 5_000;
/** Whoever speaks wants to know that somebody hears: then one ping in so long at least. */
export const SPOKEN_PING_MS = 1_000;
/** A connection that lived shorter than this counts as a failed attempt. */
export const SETTLED_MS = 5_000;
/** Browsers err about being offline (a machine with only a loopback): look now and then. */
export const OFFLINE_LOOK_MS = 5_000;
/** When WebTransport is tried again while on WebSocket; the last one repeats. */
export const PROBES_MS = [30_000, 30_000, 60_000] as const;
export const PROBE_LIFE_MS = 10_000;
