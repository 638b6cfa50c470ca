// Drives Debian's Chromium (DevTools protocol) and Firefox ESR (WebDriver BiDi).

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import puppeteer, { type Browser as Launched, type Page as Tab } from 'puppeteer-core';
import { type Browser, type Key, type Page, type Scheme, VIEWPORT } from './page.ts';

const CHROMIUM = process.env['CHINWAG_CHROMIUM'] ?? '/usr/bin/chromium';
const FIREFOX = process.env['CHINWAG_FIREFOX'] ?? '/usr/bin/firefox-esr';

/** Chromium's sandbox refuses to run as root, as most build machines do. */
const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const CHROMIUM_FLAGS = [
  ...SANDBOX,
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Pages of other people in the same test are in the background, and must go on as if seen.
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
];

export interface Start {
  /** Scripts that run before the page's own. */
  readonly before: readonly string[];
}

export async function startChromium(start: Start): Promise<Browser> {
  const launched = await puppeteer.launch({
    browser: 'chrome',
    executablePath: CHROMIUM,
    headless: true,
    args: CHROMIUM_FLAGS,
    defaultViewport: VIEWPORT,
  });
  return new Driven(launched, start);
}

export async function startFirefox(start: Start): Promise<Browser> {
  const launched = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    defaultViewport: VIEWPORT,
  });
  return new Driven(launched, start);
}

class Driven implements Browser {
  readonly #launched: Launched;
  readonly #start: Start;

  constructor(launched: Launched, start: Start) {
    this.#launched = launched;
    this.#start = start;
  }

  async newPage(): Promise<Page> {
    const context = await this.#launched.createBrowserContext();
    // A window each: what lies in a background tab is hidden, and hidden pages are not drawn.
    const tab = await context.newPage({ type: 'window' });
    for (const script of this.#start.before) {
      // A string, because the function's text is what travels.
      await tab.evaluateOnNewDocument(script);
    }
    return new DrivenPage(tab);
  }

  async close(): Promise<void> {
    await this.#launched.close();
  }
}

class DrivenPage implements Page {
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  async goto(url: string): Promise<void> {
    await this.#tab.goto(url, { waitUntil: 'load' });
  }

  async reload(): Promise<void> {
    await this.#tab.reload({ waitUntil: 'load' });
  }

  async evaluate<A extends readonly unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const result = await this.#tab.evaluate(run as unknown as (...args: unknown[]) => unknown, ...args);
    return result as Awaited<R>;
  }

  async clickAt(x: number, y: number): Promise<void> {
    await this.#tab.mouse.click(x, y);
  }

  async press(key: Key, held?: 'Shift'): Promise<void> {
    if (held !== undefined) {
      await this.#tab.keyboard.down(held);
    }
    await this.#tab.keyboard.press(key);
    if (held !== undefined) {
      await this.#tab.keyboard.up(held);
    }
  }

  async resize(width: number, height: number): Promise<number> {
    await this.#tab.setViewport({ width, height });
    return await this.#tab.evaluate(() => innerWidth);
  }

  async picture(path: string, scheme: Scheme): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.#tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // Colours may fade from one scheme to the other; a transition always ends.
    await this.#tab.evaluate(async () => {
      const fades = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(fades.map((fade) => fade.finished));
    });
    await this.#tab.screenshot({ path: path as `${string}.png` });
  }

  async close(): Promise<void> {
    await this.#tab.browserContext().close();
  }
}
