// What the pages of one browser share: rows in IndexedDB, claims by Web Locks.

import type { Claims, Pages, Row, Shared, Shelf } from './environment.ts';

const DATABASE = 'chinwag';
const ATTIC = 'chinwag.attic';
const ROWS = 'rows';

/** Null where the browser has not both of them: over plain HTTP from elsewhere, for example. */
export function browserShared(): Shared | null {
  try {
    // Even to ask is forbidden in some frames.
    return globalThis.indexedDB && navigator.locks
      ? { shelf: new DatabaseShelf(DATABASE), claims: new LockClaims(navigator.locks) }
      : null;
  } catch {
    return null;
  }
}

/** Null where the browser has none. */
export function browserAttic(): Shelf | null {
  try {
    return globalThis.indexedDB ? new DatabaseShelf(ATTIC) : null;
  } catch {
    return null; // even to ask is forbidden in some frames
  }
}

/** Silent where pages cannot talk to each other. */
export function browserPages(): Pages {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(DATABASE) : null;
  return {
    say: (text) => channel?.postMessage(text),
    listen: (hear, signal) => {
      channel?.addEventListener('message', ({ data }) => typeof data === 'string' && hear(data), { signal });
      signal.addEventListener('abort', () => channel?.close(), { once: true });
    },
  };
}

class DatabaseShelf implements Shelf {
  readonly #name: string;
  #database: Promise<IDBDatabase> | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  async rows(prefix: string): Promise<readonly Row[]> {
    const store = (await this.#open()).transaction(ROWS).objectStore(ROWS);
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = await Promise.all([answer(store.getAllKeys(range)), answer(store.getAll(range))]);
    return keys.map((key, n) => [String(key), values[n]]);
  }

  async write(changes: ReadonlyMap<string, unknown>, how: 'quick' | 'safe'): Promise<void> {
    const durability = how === 'safe' ? 'strict' : 'relaxed';
    const transaction = (await this.#open()).transaction(ROWS, 'readwrite', { durability });
    const store = transaction.objectStore(ROWS);
    for (const [key, value] of changes) {
      value === null ? store.delete(key) : store.put(value, key);
    }
    // All has been asked for: a page that ends now need not say so any more.
    transaction.commit?.();
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }

  /** Opened when first needed, and again after it was closed. */
  #open(): Promise<IDBDatabase> {
    this.#database ??= this.#opened().catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }

  async #opened(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS);
    const database = await answer(request);
    const gone = (): void => {
      this.#database = null;
    };
    database.onclose = gone;
    // A later version of this page, or somebody who deletes it all, must not wait for this one.
    database.onversionchange = () => {
      database.close();
      gone();
    };
    return database;
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class LockClaims implements Claims {
  readonly #locks: LockManager;
  readonly #mine = new Map<string, () => void>();

  constructor(locks: LockManager) {
    this.#locks = locks;
    addEventListener('pagehide', () => this.#hidden());
  }

  async hold(name: string, patienceMs: number): Promise<boolean> {
    const options = patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
    return new Promise((resolve) => {
      const keep = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise((end) => this.#mine.set(name, end));
      };
      // Rejects when patience is at an end.
      this.#locks.request(lockName(name), options, keep).catch(() => resolve(false));
    });
  }

  letGo(name: string): void {
    this.#mine.get(name)?.();
    this.#mine.delete(name);
  }

  async held(): Promise<ReadonlySet<string>> {
    const { held = [] } = await this.#locks.query();
    return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
  }

  /**
   * A page that ends lets go by itself, but not always before the next one looks. One that is only put away must let
   * go, too; if it is brought back, another page may have spoken for it meanwhile, and it has to begin anew.
   */
  #hidden(): void {
    for (const name of [...this.#mine.keys()]) {
      this.letGo(name);
    }
    addEventListener('pageshow', (event) => event.persisted && location.reload(), { once: true });
  }
}

const PREFIX = 'chinwag.';

function lockName(name: string): string {
  return PREFIX + name;
}
