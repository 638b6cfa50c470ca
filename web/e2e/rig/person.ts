// Somebody at a browser: does and sees what a person can, by role and name.

import { expect } from 'vitest';
import type { Article, Query, Spot, Whereabouts } from './finder.ts';
import { type Held, type Key, type Page, type Scheme, VIEWPORT } from './page.ts';

export const MESSAGE: Query = { role: 'textbox', name: 'Message' };
export const LOG: Query = { role: 'log', name: 'Messages' };

export const DIRECTORY: Query = { role: 'dialog', name: 'Rooms' };

export function button(name: string): Query {
  return { role: 'button', name };
}

export function field(name: string): Query {
  return { role: 'textbox', name };
}

export class Person {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async open(path = '/'): Promise<void> {
    await this.page.goto(this.#url + path);
  }

  /** Lets go of everything, so that somebody else can sit down here: starting a profile costs more than a test. */
  async rise(): Promise<Page> {
    await this.open('/healthz');
    await this.page.evaluate(() => globalThis.chinwagRig.forget());
    await this.page.resize(VIEWPORT.width, VIEWPORT.height);
    return this.page;
  }

  /** Fills the join form that is shown and presses "Join". */
  async askToJoin(name: string, room: string): Promise<void> {
    await this.fill(field('Display name'), name);
    await this.fill(field('Room'), room);
    await this.click(button('Join'));
  }

  /** Opens the join page, joins, and is there when the composer is. */
  async join(name: string, room: string): Promise<void> {
    await this.open();
    await this.askToJoin(name, room);
    await this.arrives();
  }

  /** In the room, and with all that the page puts off until then. */
  async arrives(): Promise<void> {
    await this.sees(MESSAGE);
    await expect.poll(() => this.lines(), { message: 'greeted' }).toContain('Welcome!');
    const marks = () => this.page.evaluate(() => performance.getEntriesByName('settled').length);
    await expect.poll(marks, { message: 'settled' }).toBeGreaterThan(0);
  }

  /** Opens the directory and waits for the rooms like this one: until it has them it shows all. */
  async looksFor(room: string): Promise<void> {
    await this.click(button('Browse rooms'));
    await this.fill({ role: 'searchbox', name: 'Find or name a room' }, room);
    const list: Query = { role: 'list', name: 'Open rooms' };
    await expect.poll(() => this.attribute(list, 'aria-busy'), { message: `rooms like ${room}` }).toBe('false');
  }

  /** Into another room by the directory. */
  async goesTo(room: string): Promise<void> {
    await this.looksFor(room);
    await this.click(await this.#wayTo(room));
    const current = () =>
      this.page.evaluate(() => document.querySelector('.room-button[aria-current] .room-name')?.textContent ?? '');
    await expect.poll(current, { message: `is in ${room}` }).toBe(room);
    await expect.poll(() => this.count(DIRECTORY)).toBe(0);
    // A room that opens takes the focus to its field once more when the directory has closed (`focusAfterClosing`).
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  }

  /** Its own entry, beside those whose names only begin so; or, of a room that is not there yet, what opens it. */
  async #wayTo(room: string): Promise<Query> {
    for (const name of [`Open ${room}`, `Join ${room}`]) {
      const entry: Query = { role: 'button', name, within: DIRECTORY };
      if ((await this.count(entry)) > 0) {
        return entry;
      }
    }
    return { role: 'button', name: { part: '#' }, within: DIRECTORY };
  }

  /** Writes a message and presses Enter. */
  async say(text: string): Promise<void> {
    await this.fill(MESSAGE, text);
    await this.press('Enter');
  }

  /** Writes many messages, as fast as the page takes them. */
  async sayAll(texts: readonly string[]): Promise<void> {
    await this.sees(MESSAGE);
    await this.page.evaluate(
      async (q, all) => {
        for (const text of all) {
          globalThis.chinwagRig.send(q, text);
          // Lets the page draw and the connection breathe.
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      },
      MESSAGE,
      texts,
    );
  }

  /** Puts the focus on the one message that holds this text. */
  async focusOn(text: string): Promise<void> {
    await this.messageWith(text);
    const done = await this.page.evaluate((part) => {
      const row = [...document.querySelectorAll<HTMLElement>('article')].find((one) => one.innerText.includes(part));
      row?.focus();
      return row !== undefined && row === document.activeElement;
    }, text);
    expect(done, `the focus is on ${text}`).toBe(true);
  }

  /** Puts the focus there, as a Tab key pressed often enough does. */
  async focus(query: Query): Promise<void> {
    await this.sees(query);
    await this.page.evaluate((q) => globalThis.chinwagRig.find(q)[0]?.focus(), query);
    expect(await this.hasFocus(query), `the focus is on ${JSON.stringify(query)}`).toBe(true);
  }

  /** What the message that has the focus holds; empty if none has it. */
  async focusedMessage(): Promise<string> {
    return await this.page.evaluate(() => document.activeElement?.closest('article')?.innerText ?? '');
  }

  async fill(query: Query, text: string): Promise<void> {
    await this.sees(query);
    const done = await this.page.evaluate((q, t) => globalThis.chinwagRig.fill(q, t), query, text);
    expect(done, `a field ${JSON.stringify(query)}`).toBe(true);
  }

  async click(query: Query): Promise<void> {
    await this.sees(query);
    const at = await this.#restingPlace(query);
    if (at === null || at.covered !== null) {
      throw new Error(`${JSON.stringify(query)} cannot be clicked: ${at === null ? 'gone' : `below ${at.covered}`}`);
    }
    await this.page.clickAt(at.x, at.y);
  }

  /** Where it is once it has stopped moving: something above it may have just come in, or all of it comes from a side. */
  async #restingPlace(query: Query): Promise<Spot | null> {
    const look = () => this.page.evaluate((q) => globalThis.chinwagRig.middle(q), query);
    let [before, now] = [await look(), await look()];
    for (let tries = 0; tries < 60 && (now?.moving || before?.x !== now?.x || before?.y !== now?.y); tries += 1) {
      [before, now] = [now, await look()];
    }
    return now;
  }

  async press(key: Key, ...held: readonly Held[]): Promise<void> {
    await this.page.press(key, ...held);
  }

  async locate(where: Whereabouts): Promise<void> {
    await this.page.evaluate((w) => globalThis.chinwagRig.locate(w), where);
  }

  /** Waits until there is such an element. */
  async sees(query: Query): Promise<void> {
    await expect.poll(() => this.count(query), { message: `sees ${JSON.stringify(query)}` }).toBeGreaterThan(0);
  }

  async count(query: Query): Promise<number> {
    return await this.page.evaluate((q) => globalThis.chinwagRig.find(q).length, query);
  }

  async texts(query: Query): Promise<string[]> {
    return await this.page.evaluate((q) => globalThis.chinwagRig.texts(q), query);
  }

  async value(query: Query): Promise<string> {
    return await this.page.evaluate((q) => globalThis.chinwagRig.value(q), query);
  }

  async attribute(query: Query, name: string): Promise<string | null> {
    return await this.page.evaluate((q, n) => globalThis.chinwagRig.find(q)[0]?.getAttribute(n) ?? null, query, name);
  }

  async hasFocus(query: Query): Promise<boolean> {
    return await this.page.evaluate((q) => globalThis.chinwagRig.focused(q), query);
  }

  /** A button that cannot be used, whether by `disabled` or by `aria-disabled`. */
  async isDisabled(query: Query): Promise<boolean> {
    return await this.page.evaluate((q) => {
      const element = globalThis.chinwagRig.find(q)[0];
      return element?.matches(':disabled, [aria-disabled=true]') ?? false;
    }, query);
  }

  async articles(): Promise<Article[]> {
    return await this.page.evaluate(() => globalThis.chinwagRig.articles());
  }

  /** Which of these texts each message in the log holds, in the log's order; messages without any are left out. */
  async heard(texts: readonly string[]): Promise<string[]> {
    return (await this.articles()).flatMap((article) => texts.filter((text) => article.text.includes(text)));
  }

  /** The one message that holds this text. */
  async messageWith(text: string): Promise<Article> {
    await expect.poll(() => this.heard([text]), { message: `the message ${text}` }).toEqual([text]);
    const found = (await this.articles()).find((article) => article.text.includes(text));
    if (found === undefined) {
      throw new Error(`${text} has gone again`);
    }
    return found;
  }

  /** The messages that one was led to since the page was opened, as far as they stood out. */
  async flashes(): Promise<string> {
    return await this.page.evaluate(() => globalThis.chinwagRig.flashes().join('\n'));
  }

  /** Waits until this browser knows that so many of a room's first entries have been read: what is seen counts a moment later. */
  async hasRead(entries: number): Promise<void> {
    const marks = () =>
      this.page.evaluate(() =>
        Object.keys(localStorage)
          .filter((key) => key.startsWith('chinwag.read.'))
          .map((key) => Number(localStorage.getItem(key)?.split(' ')[1])),
      );
    await expect.poll(async () => Math.max(0, ...(await marks())), { message: 'read' }).toBeGreaterThanOrEqual(entries);
  }

  /** Waits until a message of one's own is no longer pending. */
  async hasSent(text: string): Promise<void> {
    const state = async () => (await this.messageWith(text)).busy;
    await expect.poll(state, { message: `${text} is acknowledged` }).toBe(false);
  }

  /** What the log says outside messages. */
  async lines(): Promise<string> {
    return await this.page.evaluate(() => globalThis.chinwagRig.lines());
  }

  /** How often the log says this outside messages. */
  async linesWith(text: string): Promise<number> {
    return (await this.lines()).split(text).length - 1;
  }

  async users(): Promise<string[]> {
    return await this.texts({ role: 'listitem', within: { role: 'list', name: 'Users' } });
  }

  /** What all alerts say. */
  async alert(): Promise<string> {
    return (await this.texts({ role: 'alert' })).filter((text) => text !== '').join('\n');
  }

  async connection(): Promise<string> {
    return (await this.texts({ role: 'status', name: 'Connection' })).join('\n');
  }

  async path(): Promise<string> {
    return await this.page.evaluate(() => location.pathname + location.search);
  }

  /** All the text of the page, with its white space as it was written. */
  async shown(): Promise<string> {
    return await this.page.evaluate(() => document.body.textContent);
  }

  async scrollTo(where: 'top' | 'end'): Promise<void> {
    await this.page.evaluate((w) => {
      const scroller = globalThis.chinwagRig.scroller();
      scroller?.scrollTo({ top: w === 'top' ? 0 : scroller.scrollHeight, behavior: 'instant' });
    }, where);
  }

  /** Pixels above the view, and below it. */
  async scroll(): Promise<{ above: number; below: number }> {
    return await this.page.evaluate(() => {
      const scroller = globalThis.chinwagRig.scroller();
      if (scroller === null) {
        throw new Error('nothing scrolls the messages');
      }
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      return { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
    });
  }

  /** Breaches of the content security policy, in any tab, and uncaught errors since the page was loaded. */
  async faults(): Promise<readonly string[]> {
    return await this.page.evaluate(() => globalThis.chinwagRig.faults());
  }

  /** What one would want to know of this page when a test has failed. */
  async account(): Promise<string> {
    const where = `at ${await this.path()}, connection "${await this.connection()}", alert "${await this.alert()}"`;
    return `${where}\n${(await this.shown()).trim().slice(0, 1_000)}`;
  }

  async picture(path: string, scheme: Scheme): Promise<void> {
    await this.page.picture?.(path, scheme);
  }
}
