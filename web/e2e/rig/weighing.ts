// What a page weighs once its garbage is gone. Chromium alone tells.

import type { Page } from './page.ts';

export interface Weight {
  /** Of script. */
  readonly heapMb: number;
  /** Nodes that are in the memory, in the document or not. */
  readonly nodes: number;
  readonly listeners: number;
}

/** What a collection frees may keep other things alive until the next one. */
const COLLECTIONS = 3;

export async function weigh(page: Page): Promise<Weight> {
  const tools = await page.devtools?.();
  if (tools === undefined) {
    throw new Error('this engine does not tell what a page weighs');
  }
  for (let n = 0; n < COLLECTIONS; n += 1) {
    await tools.send('HeapProfiler.collectGarbage');
  }
  const { usedSize } = await tools.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners: listeners } = await tools.send('Memory.getDOMCounters');
  return { heapMb: usedSize / 2 ** 20, nodes, listeners };
}
