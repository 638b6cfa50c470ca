// What every fault begins with: a server and a browser, both in this namespace, and pages that are in their room.

import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from '../rig/bundle.ts';
import { type EngineName, engines } from '../rig/engines.ts';
import type { Browser, Page } from '../rig/page.ts';
import { Server } from '../rig/server.ts';
import type { Move } from './inside.ts';

/** Nobody writes so fast, and the filter would read some counting as words. */
export const UNLIMITED = ['--rate', '1000', '--burst', '10000', '--filter', 'off'] as const;

/** FAULTS_BROWSERS picks. */
export const BROWSERS = (['chromium', 'firefox'] as const satisfies EngineName[]).filter((name) =>
  (process.env['FAULTS_BROWSERS'] ?? name).split(' ').includes(name),
);

const POLL_MS = 50;

export async function withServer<T>(flags: readonly string[], use: (server: Server) => Promise<T>): Promise<T> {
  const server = await Server.start(...UNLIMITED, ...flags);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

export async function withBrowser<T>(engine: EngineName, use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await engines[engine].start(await script());
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

async function script(): Promise<string> {
  const parts = ['../rig/finder.ts', './inside.ts'].map((name) => bundled(new URL(name, import.meta.url)));
  return (await Promise.all(parts)).join(';\n');
}

/** A page of its own profile in this room. */
export async function enter(browser: Browser, address: string, on?: Move['to']): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(address);
  await until(`${address} is entered`, async () => {
    const [usable, { on: there }] = [await page.evaluate(() => globalThis.chinwagLab.usable()), await stands(page)];
    return usable > 0 && (on === undefined || there === on);
  });
  return page;
}

export async function stands(page: Page): Promise<{ newest: number; on: Move['to']; written: number }> {
  return await page.evaluate(() => globalThis.chinwagLab.stands());
}

/** Waits for something; answers how long that took, in milliseconds. */
export async function until(what: string, is: () => Promise<boolean>, withinMs = 60_000): Promise<number> {
  const since = performance.now();
  while (!(await is())) {
    if (performance.now() - since > withinMs) {
      throw new Error(`waited ${withinMs / 1_000} s in vain: ${what}`);
    }
    await sleep(POLL_MS);
  }
  return performance.now() - since;
}

/** For whoever watches the lab work; the table is somebody else's. */
export function tell(text: string): void {
  process.stderr.write(`faults: ${text}\n`);
}
