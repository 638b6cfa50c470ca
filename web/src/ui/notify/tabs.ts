// What tabs agree on: that one of them looks at a room, and which of them tells of a message. Both by Web Locks, which
// end with their tab. Where there are none, every tab is on its own.

const SEES = 'chinwag.sees.';
const TELLS = 'chinwag.tells.';
/** By then every tab has got the message, however far behind it was. */
const TELLING_MS = 60_000;

/** Says that this tab looks at the room, until it is called again. */
export class Eyes {
  #release: () => void = () => undefined;
  #room: string | null = null;

  on(room: string | null): void {
    if (room === this.#room) {
      return;
    }
    this.#room = room;
    this.#release();
    this.#release = room === null ? () => undefined : held(SEES + room);
  }
}

/** Whether any tab looks at the room. */
export async function isSeen(room: string): Promise<boolean> {
  const { held: locks = [] } = (await navigator.locks?.query()) ?? {};
  return locks.some(({ name }) => name === SEES + room);
}

/** True in one tab alone. */
export async function tells(message: string): Promise<boolean> {
  if (navigator.locks === undefined) {
    return true;
  }
  return new Promise((resolve) => {
    const keep = (lock: Lock | null): Promise<void> | undefined => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise((end) => setTimeout(end, TELLING_MS));
    };
    // Rejects only when the page ends.
    navigator.locks.request(TELLS + message, { ifAvailable: true }, keep).catch(() => resolve(false));
  });
}

function held(name: string): () => void {
  const ended = new AbortController();
  let release: () => void = () => ended.abort();
  const keep = () =>
    new Promise<void>((end) => {
      release = end;
    });
  // Rejects when it is let go of before it is held.
  navigator.locks?.request(name, { mode: 'shared', signal: ended.signal }, keep).catch(() => undefined);
  return () => release();
}
