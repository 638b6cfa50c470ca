// Drives Debian's Chromium (DevTools protocol) and Firefox ESR (WebDriver BiDi).

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import puppeteer, { type BrowserContext, type Browser as Launched, type Page as Tab } from 'puppeteer-core';
import { type Browser, type Devtools, type Held, type Key, type Page, type Scheme, VIEWPORT } from './page.ts';

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
  /** More of the browser's own flags. */
  readonly flags?: readonly string[];
  /** Whether keys go to the window in front alone: in Firefox Enter presses no button in another. */
  readonly front?: boolean;
}

export async function startChromium(start: Start): Promise<Browser> {
  return new Driven(await launchChromium({ flags: start.flags ?? [] }), start);
}

interface Launch {
  readonly folder?: string;
  readonly flags?: readonly string[];
}

/** Without a folder the profile ends with the browser. */
function launchChromium({ folder, flags = [] }: Launch): Promise<Launched> {
  return puppeteer.launch({
    browser: 'chrome',
    executablePath: CHROMIUM,
    headless: true,
    args: [...CHROMIUM_FLAGS, ...flags],
    defaultViewport: VIEWPORT,
    ...(folder === undefined ? {} : { userDataDir: folder }),
  });
}

export async function startFirefox(start: Start): Promise<Browser> {
  const launched = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    defaultViewport: VIEWPORT,
  });
  return new Driven(launched, { ...start, front: true });
}

class Driven implements Browser {
  readonly #launched: Launched;
  readonly #start: Start;

  constructor(launched: Launched, start: Start) {
    this.#launched = launched;
    this.#start = start;
  }

  async newPage(): Promise<Page> {
    return DrivenPage.open(await this.#launched.createBrowserContext(), this.#start);
  }

  async close(): Promise<void> {
    await this.#launched.close();
  }
}

/** A browser whose profile lies in a folder and outlives it. */
export class LastingChromium {
  readonly #launched: Launched;
  readonly #start: Start;

  private constructor(launched: Launched, start: Start) {
    this.#launched = launched;
    this.#start = start;
  }

  static async start(folder: string, start: Start): Promise<LastingChromium> {
    return new LastingChromium(await launchChromium({ folder }), start);
  }

  newPage(): Promise<Page> {
    return DrivenPage.open(this.#launched.defaultBrowserContext(), this.#start);
  }

  /** All of it at once, without a warning. */
  async kill(): Promise<void> {
    const process = this.#launched.process();
    const gone = new Promise((resolve) => process?.once('exit', resolve));
    process?.kill('SIGKILL');
    await gone;
  }
}

class DrivenPage implements Page {
  readonly #tab: Tab;
  readonly #start: Start;
  readonly #strangers: string[];
  #tools: Devtools | null = null;

  private constructor(tab: Tab, start: Start, strangers: string[]) {
    this.#tab = tab;
    this.#start = start;
    this.#strangers = strangers;
  }

  static async open(context: BrowserContext, start: Start, strangers: string[] = []): Promise<DrivenPage> {
    // A window each: what lies in a background tab is hidden, and hidden pages are not drawn.
    const tab = await context.newPage({ type: 'window' });
    tab.on('request', (request) => strangers.push(...(isStranger(request.url()) ? [request.url()] : [])));
    for (const script of start.before) {
      // A string, because the function's text is what travels.
      await tab.evaluateOnNewDocument(script);
    }
    return new DrivenPage(tab, start, strangers);
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

  async moveTo(x: number, y: number): Promise<void> {
    await this.#tab.mouse.move(x, y);
  }

  async press(key: Key, ...held: readonly Held[]): Promise<void> {
    if (this.#start.front === true) {
      await this.#tab.bringToFront();
    }
    for (const one of held) {
      await this.#tab.keyboard.down(one);
    }
    await this.#tab.keyboard.press(key);
    for (const one of held.toReversed()) {
      await this.#tab.keyboard.up(one);
    }
  }

  async resize(width: number, height: number): Promise<number> {
    await this.#tab.setViewport({ width, height });
    // The page hears of it with its next frame, and may move things in the one after.
    return await this.#tab.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const done = () => resolve(innerWidth);
          requestAnimationFrame(() => requestAnimationFrame(done));
          setTimeout(done, 500); // where nobody sees it, there are no frames
        }),
    );
  }

  /** Until it is resized. */
  async touched(): Promise<void> {
    await this.#tab.setViewport({ width: 390, height: 700, isMobile: true, hasTouch: true });
  }

  async calm(wanted: boolean): Promise<void> {
    await this.#tab.emulateMediaFeatures(wanted ? [{ name: 'prefers-reduced-motion', value: 'reduce' }] : []);
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

  async devtools(): Promise<Devtools> {
    this.#tools ??= await this.#tab.createCDPSession();
    return this.#tools;
  }

  async sibling(): Promise<Page> {
    return DrivenPage.open(this.#tab.browserContext(), this.#start, this.#strangers);
  }

  strangers(): readonly string[] {
    return this.#strangers.splice(0);
  }

  async shut(): Promise<void> {
    await this.#tab.close();
  }

  async close(): Promise<void> {
    await this.#tab.browserContext().close();
  }
}

const OURS = ['localhost', '127.0.0.1', '[::1]'];

function isStranger(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return ['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && !OURS.includes(hostname);
}
