// Whether the person has been away from the keyboard for so long that others should know (P4).

/** Away after that long without a key, a touch or a movement. */
const IDLE_MS = 5 * 60_000;
const LOOK_MS = 15_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus'] as const;

/** Tells `tell` when it changes; returns what ends the watching. */
export function watchIdle(tell: (away: boolean) => void): () => void {
  const stop = new AbortController();
  let last = Date.now();
  let away = false;
  const look = () => {
    const now = Date.now() - last >= IDLE_MS;
    if (now !== away) {
      away = now;
      tell(away);
    }
  };
  const awake = () => {
    last = Date.now();
    look();
  };
  for (const sign of SIGNS) {
    addEventListener(sign, awake, { signal: stop.signal, passive: true, capture: true });
  }
  document.addEventListener('visibilitychange', look, { signal: stop.signal });
  const timer = setInterval(look, LOOK_MS);
  return () => {
    stop.abort();
    clearInterval(timer);
  };
}
