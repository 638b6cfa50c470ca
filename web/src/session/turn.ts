/**
 * Runs what is asked for one after another, also when carrying out one thing asks for more: listeners may call back
 * into the session, and what they cause comes after what was caused before.
 */
export class Turn<T> {
  readonly #queue: T[] = [];
  readonly #run: (task: T) => void;
  #running = false;

  constructor(run: (task: T) => void) {
    this.#run = run;
  }

  take(tasks: readonly T[]): void {
    this.#queue.push(...tasks);
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) {
        this.#run(task);
      }
    } finally {
      this.#running = false;
    }
  }
}
