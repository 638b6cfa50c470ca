// How long to wait before the next attempt. Equal jitter: between half of a bound and all of it, so that clients that
// fell together do not come back together.

/** People look at the screen during the first half minute: the bound stays at two seconds for so many attempts. */
const EAGER_ATTEMPTS = 20;
const EAGER_MS = 2_000;
const FIRST_MS = 250;
const LAST_MS = 15_000;

/** Milliseconds. `attempt` counts from 0; `chance` is from 0 to 1. */
export function backoff(attempt: number, chance: number): number {
  return jittered(bound(attempt), chance);
}

export function jittered(bound: number, chance: number): number {
  return Math.round(bound / 2 + (bound / 2) * chance);
}

function bound(attempt: number): number {
  const eager = Math.min(EAGER_MS, FIRST_MS * 2 ** Math.min(attempt, EAGER_ATTEMPTS));
  return attempt < EAGER_ATTEMPTS ? eager : Math.min(LAST_MS, EAGER_MS * 2 ** Math.min(attempt - EAGER_ATTEMPTS, 8));
}
