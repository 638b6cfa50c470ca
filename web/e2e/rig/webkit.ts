// Drives WebKitGTK's MiniBrowser by plain W3C WebDriver calls. WebKitWebDriver serves one session at a time, so that every
// page is a process of its own; all of a file's pages share one virtual screen.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type Held, type Key, type Page, VIEWPORT } from './page.ts';

const DRIVER = process.env['CHINWAG_WEBKIT_DRIVER'] ?? 'WebKitWebDriver';
const STARTS_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 5_000;
/** No command but a script takes as long: who waits for one that does not answer would be told of a timeout of the test alone. */
const ANSWERS_WITHIN_MS = 90_000;
const POLL_MS = 50;
const FITS_WITHIN_MS = 3_000;
/** The driver gives a script up after 30 s by itself; how long one may take is for the test to say. */
const SCRIPT_MS = 600_000;
const CAPABILITIES = { timeouts: { script: SCRIPT_MS } };

/** WebDriver's code points for keys without a character. */
const KEYS: Readonly<Record<string, string>> = {
  Enter: '\uE007',
  Tab: '\uE004',
  Escape: '\uE00C',
  Backspace: '\uE003',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
  End: '\uE010',
  Home: '\uE011',
  F6: '\uE036',
};

export async function startWebKit(before: readonly string[]): Promise<Browser> {
  const screen = await Screen.start();
  return {
    newPage: () => WebKitPage.open(screen.display, before),
    close: () => screen.stop(),
  };
}

class Screen {
  readonly display: string;
  readonly #process: ChildProcess;

  private constructor(display: string, process: ChildProcess) {
    this.display = display;
    this.#process = process;
  }

  /** Xvfb chooses a free display itself and tells its number on descriptor 3. */
  static async start(): Promise<Screen> {
    const flags = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
    const process = spawn('Xvfb', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const number = await new Promise<string>((resolve, reject) => {
      process.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
      process.once('error', reject);
      process.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    });
    return new Screen(`:${number}`, process);
  }

  async stop(): Promise<void> {
    await ended(this.#process);
  }
}

/** A driver whose browser has crashed does not always end when it is asked to. */
async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode === null && process.signalCode === null) {
    const exit = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGTERM');
    const force = setTimeout(() => process.kill('SIGKILL'), ENDS_WITHIN_MS);
    await exit;
    clearTimeout(force);
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

class WebKitPage implements Page {
  readonly #driver: ChildProcess;
  readonly #session: string;
  readonly #before: string;
  /** Null as long as there is one window only. */
  #window: string | null;

  private constructor(driver: ChildProcess, session: string, before: string, window: string | null) {
    this.#driver = driver;
    this.#session = session;
    this.#before = before;
    this.#window = window;
  }

  static async open(display: string, before: readonly string[]): Promise<WebKitPage> {
    const port = await freePort();
    const environment = {
      ...process.env,
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      LIBGL_ALWAYS_SOFTWARE: '1',
      NO_AT_BRIDGE: '1',
      // There is no user namespace to build a sandbox in on most build machines.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    };
    const driver = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], { env: environment, stdio: 'ignore' });
    const root = `http://127.0.0.1:${port}`;
    await answers(root, driver);
    const { sessionId } = (await call('POST', `${root}/session`, { capabilities: { alwaysMatch: CAPABILITIES } })) as {
      sessionId: string;
    };
    const page = new WebKitPage(driver, `${root}/session/${sessionId}`, before.join(';\n'), null);
    await page.resize(VIEWPORT.width, VIEWPORT.height);
    return page;
  }

  async goto(url: string): Promise<void> {
    await this.#call('POST', '/url', { url });
    await this.#putIn();
  }

  async reload(): Promise<void> {
    await this.#call('POST', '/refresh', {});
    await this.#putIn();
  }

  async evaluate<A extends readonly unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const script = `return (${run.toString()}).apply(null, arguments)`;
    return (await this.#call('POST', '/execute/sync', { script, args })) as Awaited<R>;
  }

  async clickAt(x: number, y: number): Promise<void> {
    const move = { type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y), origin: 'viewport' };
    const actions = [move, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }];
    await this.#act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions });
  }

  async moveTo(x: number, y: number): Promise<void> {
    const move = { type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y), origin: 'viewport' };
    await this.#act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions: [move] });
  }

  async press(key: Key, ...held: readonly Held[]): Promise<void> {
    const down = (name: Key | Held) => ({ type: 'keyDown', value: KEYS[name] ?? name });
    const up = (name: Key | Held) => ({ type: 'keyUp', value: KEYS[name] ?? name });
    const actions = [...held.map(down), down(key), up(key), ...held.toReversed().map(up)];
    await this.#act({ type: 'key', id: 'keyboard', actions });
  }

  /** The window has a frame and a least width, and the page hears of a new size a while after: asks until it fits. */
  async resize(width: number, height: number): Promise<number> {
    let asked = { width, height };
    const deadline = Date.now() + FITS_WITHIN_MS;
    while (Date.now() < deadline) {
      await this.#call('POST', '/window/rect', asked);
      await sleep(POLL_MS);
      const [w, h] = await this.evaluate(() => [innerWidth, innerHeight] as const);
      if (w === width && h === height) {
        break;
      }
      asked = {
        width: Math.max(width, asked.width + width - w),
        height: Math.max(height, asked.height + height - h),
      };
    }
    return await this.evaluate(() => innerWidth);
  }

  async sibling(): Promise<Page> {
    this.#window ??= (await this.#call('GET', '/window')) as string;
    // A window, because what lies in a background tab is slowed down.
    const { handle } = (await this.#call('POST', '/window/new', { type: 'window' })) as { handle: string };
    return new WebKitPage(this.#driver, this.#session, this.#before, handle);
  }

  async shut(): Promise<void> {
    await this.#call('DELETE', '/window');
  }

  async close(): Promise<void> {
    const left = call('DELETE', this.#session).catch(() => null);
    await Promise.race([left, sleep(ENDS_WITHIN_MS)]);
    await ended(this.#driver);
  }

  async #putIn(): Promise<void> {
    await this.#call('POST', '/execute/sync', { script: this.#before, args: [] });
  }

  async #act(source: object): Promise<void> {
    await this.#call('POST', '/actions', { actions: [source] });
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    if (this.#window !== null) {
      await call('POST', `${this.#session}/window`, { handle: this.#window });
    }
    return await call(method, this.#session + path, body);
  }
}

async function answers(root: string, driver: ChildProcess): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline && driver.exitCode === null) {
    const status = await fetch(`${root}/status`).catch(() => null);
    if (status?.ok === true) {
      return;
    }
    await sleep(POLL_MS);
  }
  throw new Error('WebKitWebDriver does not answer');
}

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const signal = AbortSignal.timeout(url.endsWith('/execute/sync') ? SCRIPT_MS : ANSWERS_WITHIN_MS);
  const response = await fetch(
    url,
    body === undefined ? { method, signal } : { method, signal, body: JSON.stringify(body) },
  );
  const { value } = (await response.json()) as { value: unknown };
  if (typeof value === 'object' && value !== null && 'error' in value) {
    throw new Error(`WebDriver: ${JSON.stringify(value)}`);
  }
  return value;
}
