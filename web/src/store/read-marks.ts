// Up to where one has read in each room: kept by the browser for all its tabs, which tell each other, and by the server for
// all one's devices. It only goes forwards, as long as the room's history is the same.

import type { Environment } from '../session/environment.ts';

const PREFIX = 'chinwag.read.';
/** What comes sooner goes together: a mark moves with every message that is seen. */
const TELL_MS = 200;

interface Mark {
  readonly epoch: number;
  readonly seq: number;
}

interface Hearers {
  /** Another tab has read up to there. */
  moved(room: string, mark: Mark): void;
  /** The server is to know. */
  tell(room: string, mark: Mark): void;
}

export class ReadMarks {
  readonly #env: Environment;
  readonly #hearers: Hearers;
  readonly #untold = new Map<string, Mark>();

  constructor(env: Environment, signal: AbortSignal, hearers: Hearers) {
    this.#env = env;
    this.#hearers = hearers;
    env.pages.listen((text) => {
      const told = parsed(text);
      if (told !== null) {
        hearers.moved(told.room, told);
      }
    }, signal);
  }

  /** Null if one has never been in this history of the room. */
  of(room: string, epoch: number): number | null {
    const [kept, seq] = (this.#env.device.get(PREFIX + room) ?? '').split(' ').map(Number);
    return kept === epoch && Number.isSafeInteger(seq) ? (seq ?? null) : null;
  }

  /** This page has read up to there. */
  move(room: string, mark: Mark): void {
    if (this.#untold.size === 0) {
      this.#env.after(TELL_MS, () => this.#tell());
    }
    this.#untold.set(room, mark);
  }

  /** The server says so: another device has read up to there, or a tab that has told its own. */
  note(room: string, { epoch, seq }: Mark): void {
    if ((this.of(room, epoch) ?? -1) < seq) {
      this.#env.device.set(PREFIX + room, `${epoch} ${seq}`);
    }
  }

  #tell(): void {
    for (const [room, mark] of this.#untold) {
      this.note(room, mark);
      this.#env.pages.say(JSON.stringify({ read: room, ...mark }));
      this.#hearers.tell(room, mark);
    }
    this.#untold.clear();
  }
}

function parsed(text: string): (Mark & { readonly room: string }) | null {
  try {
    const { read: room, epoch, seq } = JSON.parse(text) as Record<string, unknown>;
    const whole = typeof room === 'string' && typeof epoch === 'number' && typeof seq === 'number';
    return whole ? { room, epoch, seq } : null;
  } catch {
    return null; // somebody else's words
  }
}
