// What every test of the suite ends with can fail: breaches of the policy and requests to strangers are noted, whatever
// becomes of their page.

import { expect, inject, test } from 'vitest';
import { stage } from './rig/index.ts';

const set = stage();

// X11, R4
test('X11 R4: a breach is noted over a reload and when its tab is shut, and so is a request to a stranger', async () => {
  const ann = await set.member('ann', set.room());
  const other = await set.tabOf(ann);
  await other.open();
  for (const page of [ann.page, other.page]) {
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          addEventListener('securitypolicyviolation', resolve, { once: true });
          document.body.setAttribute('style', 'color: red');
        }),
    );
  }
  await other.page.shut();
  await ann.page.reload();
  expect(await ann.faults()).toHaveLength(2);
  await ann.page.evaluate(() => globalThis.chinwagRig.forgive());
  expect(await ann.faults()).toEqual([]);
  if (ann.page.strangers === undefined) {
    expect(inject('engine')).toBe('webkit'); // its driver tells of no requests
    return;
  }
  // Where no policy forbids it.
  await ann.page.goto('about:blank');
  await ann.page.evaluate(() => {
    new Image().src = 'http://stranger.invalid/picture.png';
  });
  await expect.poll(() => ann.page.strangers?.()).toEqual(['http://stranger.invalid/picture.png']);
});
