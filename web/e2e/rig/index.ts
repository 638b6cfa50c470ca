// What a test file begins with: a server and a browser of its own, people who come and go with each test.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { type Engine, engineNamed } from './engines.ts';
import type { Browser, Page } from './page.ts';
import { Person } from './person.ts';
import { Server } from './server.ts';

export { type Engine, engineNamed } from './engines.ts';
export type { Query } from './finder.ts';
export type { Page } from './page.ts';
export { button, DIRECTORY, field, LOG, MESSAGE, Person } from './person.ts';
export { Server } from './server.ts';

export class Stage {
  readonly engine: Engine;
  readonly #flags: readonly string[];
  readonly #engineName: string;
  #server: Server | null = null;
  #browsers = new Map<string, Browser>();
  #people: { person: Person; engineName: string }[] = [];
  /** Pages that somebody has risen from, by engine. */
  #free = new Map<string, Page[]>();
  #rooms = 0;

  constructor(engineName: string, flags: readonly string[]) {
    this.#engineName = engineName;
    this.engine = engineNamed(engineName);
    this.#flags = flags;
  }

  get server(): Server {
    if (this.#server === null) {
      throw new Error('the server runs from the first test on');
    }
    return this.#server;
  }

  /** Somebody new, with a browser profile of their own; in this project's engine unless told otherwise. */
  async person(engineName = this.#engineName): Promise<Person> {
    const page = this.#free.get(engineName)?.pop() ?? (await (await this.#browser(engineName)).newPage());
    const person = new Person(page, this.server.url);
    this.#people.push({ person, engineName });
    return person;
  }

  /** The same person in another tab, which goes when the first one goes. */
  async tabOf(person: Person): Promise<Person> {
    return new Person(await person.page.sibling(), this.server.url);
  }

  /** Somebody who has joined. */
  async member(name: string, room: string, engineName?: string): Promise<Person> {
    const person = await this.person(engineName);
    await person.join(name, room);
    return person;
  }

  /** Somebody who says so much that it would take WebKit minutes: in Chromium, because only what is said matters. */
  writer(name: string, room: string): Promise<Person> {
    return this.member(name, room, this.#engineName === 'webkit' ? 'chromium' : this.#engineName);
  }

  /** A room that no other test uses. */
  room(): string {
    this.#rooms += 1;
    return `room-${this.#rooms}`;
  }

  async begin(): Promise<void> {
    this.#server = await Server.start(...this.#flags);
  }

  /** Tells what everybody has before their eyes, and what the server says. */
  async explain(): Promise<void> {
    const accounts = this.#people.map(({ person }) => person.account().catch((error) => `unreachable: ${error}`));
    const told = (await Promise.all(accounts)).map((account, n) => `person ${n + 1} ${account}`);
    process.stderr.write(`${told.join('\n')}\nserver: ${this.#server?.log() ?? ''}\n`);
  }

  /** Everybody goes; X11, R4: no page broke its policy, asked others than the server or lost an error on the way. */
  async clear(): Promise<void> {
    const people = this.#people.splice(0);
    const faults = await Promise.all(people.map(({ person }) => soon(person.faults()).catch(() => [])));
    const strangers = people.flatMap(({ person }) => person.page.strangers?.() ?? []);
    for (const { person, engineName } of people) {
      const page = await soon(person.rise()).catch(() => null);
      if (page === null) {
        await person.page.close();
      } else {
        this.#free.set(engineName, [...(this.#free.get(engineName) ?? []), page]);
      }
    }
    expect([...faults.flat(), ...strangers]).toEqual([]);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#free.values()].flat().map((page) => page.close()));
    await Promise.all([...this.#browsers.values()].map((browser) => browser.close()));
    await this.#server?.stop();
  }

  async #browser(engineName: string): Promise<Browser> {
    const running = this.#browsers.get(engineName) ?? (await engineNamed(engineName).start(inject('finder')));
    this.#browsers.set(engineName, running);
    return running;
  }
}

/** What a page is asked when its test is over takes a fraction of this; one that does not answer is put away. */
const ANSWERS_WITHIN_MS = 20_000;

async function soon<T>(answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(ANSWERS_WITHIN_MS, undefined, { signal: answered.signal }).then(() => {
    process.stderr.write(`a page does not answer any more, ${ANSWERS_WITHIN_MS} ms after it was asked\n`);
    throw new Error('no answer');
  });
  return await Promise.race([answer, late]).finally(() => answered.abort());
}

/** Sets the stage for the tests of one file; flags go to `chinwag serve`. */
export function stage(...flags: readonly string[]): Stage {
  const set = new Stage(inject('engine'), flags);
  beforeAll(() => set.begin());
  beforeEach(({ task }) => {
    Object.assign(task.meta, { engine: inject('engine') });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await set.explain();
    }
    await set.clear();
  });
  afterAll(() => set.end());
  return set;
}
