// What every bench begins with: a server without limits, a browser, pages that are in their room.

import { readdir } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from '../rig/bundle.ts';
import { type EngineName, engines } from '../rig/engines.ts';
import type { Query } from '../rig/finder.ts';
import type { Browser, Devtools, Page } from '../rig/page.ts';
import { Server } from '../rig/server.ts';

/** Nobody writes so fast: the limit on messages is not what is measured here, nor is the filter. */
const UNLIMITED = ['--rate', '1000', '--burst', '10000', '--filter', 'off'] as const;
const WITHIN_MS = 60_000;
const POLL_MS = 50;

export interface Ground {
  readonly server: Server;
  readonly browser: Browser;
}

/** What runs in each page before its own scripts; the finder is heavy, and not for pages whose start is measured. */
export async function watchScript(...more: readonly 'finder'[]): Promise<string> {
  const names = ['./watch.ts', ...more.map((name) => `../rig/${name}.ts`)];
  return (await Promise.all(names.map((name) => bundled(new URL(name, import.meta.url))))).join(';\n');
}

export async function withSet<T>(run: (set: Ground) => Promise<T>, ...flags: readonly string[]): Promise<T> {
  const server = await Server.start(...UNLIMITED, ...flags);
  try {
    return await withBrowser(await watchScript('finder'), (browser) => run({ server, browser }));
  } finally {
    await server.stop();
  }
}

export async function withBrowser<T>(
  before: string,
  run: (browser: Browser) => Promise<T>,
  engine: EngineName = 'chromium',
): Promise<T> {
  const browser = await engines[engine].start(before);
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}

/** A page of its own profile that is in this room. */
export async function enters({ server, browser }: Ground, room: string, name: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${server.url}/r/${room}?name=${name}`);
  await until(
    `${name} is in ${room}`,
    async () => (await page.evaluate(() => globalThis.chinwagWatch.start().usable)) > 0,
  );
  return page;
}

export async function until(what: string, is: () => Promise<boolean>, withinMs = WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await is())) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${withinMs / 1_000} s in vain: ${what}`);
    }
    await sleep(POLL_MS);
  }
}

export async function toolsOf(page: Page): Promise<Devtools> {
  const tools = await page.devtools?.();
  if (tools === undefined) {
    throw new Error('this engine has no developer tools');
  }
  return tools;
}

/** Leaves a process what no other wants: it stands for another machine. For good, since only root may take that back. */
export async function standsBack(pid: number): Promise<void> {
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    setPriority(Number(thread), constants.priority.PRIORITY_LOW);
  }
}

/** Makes the page's processor so many times slower. */
export async function slowDown(page: Page, times: number): Promise<void> {
  await (await toolsOf(page)).send('Emulation.setCPUThrottlingRate', { rate: times });
}

/** Replaces a field's text as one input of its user. */
export async function fill(page: Page, query: Query, text: string): Promise<void> {
  await page.evaluate((q, t) => globalThis.chinwagRig.fill(q, t), query, text);
}

export const MESSAGE: Query = { role: 'textbox', name: 'Message' };

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
