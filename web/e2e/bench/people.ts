// Five thousand people in a room: their list, and a name that one begins to write. Without a server, which could not be
// brought to have so many: the page is the real one, its chat is played (src/ui/testing).

import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import type { Page } from '../rig/page.ts';
import { type Figure, most, ofMany } from './figures.ts';
import { fill, MESSAGE, until, watchScript, withBrowser } from './stage.ts';

const TIMES = 20;
const FILTER = { role: 'searchbox', name: 'Find people' };
const WORDS = ['some', 'body 49', '4996', 'ody 12', 'nobody at all', '77'] as const;
const BEGINNINGS = ['@s', '@so', '@somebo', '@499', '@12', '@5'] as const;

export async function people(): Promise<Figure[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const pages = await createServer({ root, logLevel: 'error', server: { host: 'localhost', port: 0, hmr: false } });
  await pages.listen();
  try {
    const address = `${pages.resolvedUrls?.local[0] ?? ''}src/ui/testing/preview.html?scene=crowd`;
    return await withBrowser(
      await watchScript('finder'),
      async (browser) => await look(await browser.newPage(), address),
    );
  } finally {
    await pages.close();
  }
}

async function look(page: Page, address: string): Promise<Figure[]> {
  await page.goto(address);
  await until('the crowd is there', async () => (await listed(page)) > 0);
  const opened: number[] = [];
  const filtered: number[] = [];
  const completed: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    opened.push(await opens(page));
  }
  for (let n = 0; n < TIMES; n += 1) {
    filtered.push(await filters(page, WORDS[n % WORDS.length] ?? ''));
    completed.push(await completes(page, BEGINNINGS[n % BEGINNINGS.length] ?? ''));
  }
  return [
    ofMany('P2: the list of 5,000 people opens', most(100), opened),
    ofMany('P2: and is filtered, from the input to the frame', most(50), filtered),
    ofMany('C7: @ and some letters to the suggestions, of 5,000 people', most(50), completed),
  ];
}

function listed(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('.user-list li').length);
}

/** Shut, and opened again. */
async function opens(page: Page): Promise<number> {
  await toggles(page);
  await until('the list is shut', async () => (await listed(page)) === 0);
  const shown = page.evaluate(() =>
    globalThis.chinwagWatch.answers('click', () => document.querySelector('.user-list li') !== null),
  );
  await toggles(page);
  return await shown;
}

async function toggles(page: Page): Promise<void> {
  const at = await page.evaluate(() => globalThis.chinwagRig.middle({ role: 'button', name: 'Users' }));
  await page.clickAt(at?.x ?? 0, at?.y ?? 0);
}

async function filters(page: Page, text: string): Promise<number> {
  await fill(page, FILTER, '');
  const shown = page.evaluate((wanted) => {
    const plain = wanted.toLowerCase();
    const names = () => [...document.querySelectorAll('.user-list li')].map((row) => row.textContent ?? '');
    const all = names().join();
    return globalThis.chinwagWatch.answers('input', () => {
      const now = names();
      return now.join() !== all && now.every((name) => name.toLowerCase().includes(plain));
    });
  }, text);
  await fill(page, FILTER, text);
  return await shown;
}

async function completes(page: Page, text: string): Promise<number> {
  await fill(page, MESSAGE, '');
  await until('no suggestions', async () => (await options(page)) === 0);
  const shown = page.evaluate(() =>
    globalThis.chinwagWatch.answers('input', () => document.querySelector('[role=option]') !== null),
  );
  await fill(page, MESSAGE, text);
  return await shown;
}

function options(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('[role=option]').length);
}
