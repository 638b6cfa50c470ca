// Somebody at a browser: does and sees what a person can, by role and name.

import { expect } from 'vitest';
import type { Article, Query, Whereabouts } from './finder.ts';
import { type Key, type Page, type Scheme, VIEWPORT } from './page.ts';

export const MESSAGE: Query = { role: 'textbox', name: 'Message' };
export const LOG: Query = { role: 'log', name: 'Messages' };

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

  async arrives(): Promise<void> {
    await this.sees(MESSAGE);
    await expect.poll(() => this.lines(), { message: 'greeted' }).toContain('Welcome!');
  }

  /** Writes a message and presses Enter. */
  async say(text: string): Promise<void> {
    await this.fill(MESSAGE, text);
    await this.press('Enter');
  }

  async fill(query: Query, text: string): Promise<void> {
    await this.sees(query);
    const done = await this.page.evaluate((q, t) => globalThis.chinwagRig.fill(q, t), query, text);
    expect(done, `a field ${JSON.stringify(query)}`).toBe(true);
  }

  async click(query: Query): Promise<void> {
    await this.sees(query);
    const at = await this.page.evaluate((q) => globalThis.chinwagRig.middle(q), query);
    if (at === null || at.covered !== null) {
      throw new Error(`${JSON.stringify(query)} cannot be clicked: ${at === null ? 'gone' : `below ${at.covered}`}`);
    }
    await this.page.clickAt(at.x, at.y);
  }

  async press(key: Key, held?: 'Shift'): Promise<void> {
    await this.page.press(key, held);
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

  /** Breaches of the content security policy and uncaught errors since the page was loaded. */
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
