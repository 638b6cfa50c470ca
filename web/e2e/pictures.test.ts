// Pictures of the join page and the room for people to look at, in web/test-results/. Only Chromium takes them.

import { inject, test } from 'vitest';
import { button, stage } from './rig/index.ts';

const set = stage();
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

test.runIf(inject('engine') === 'chromium')('A4 A34: pictures of the join page and the room', async () => {
  const room = set.room();
  const [ann, bob, eve] = [await set.person(), await set.member('Bob', room), await set.person()];
  const picture = async (what: string) => {
    for (const { width, height } of SIZES) {
      await ann.page.resize(width, height);
      for (const scheme of SCHEMES) {
        await ann.picture(`test-results/${what}-${width}x${height}-${scheme}.png`, scheme);
      }
    }
  };
  await ann.open();
  await ann.sees(button('Join'));
  await picture('join');
  await ann.page.resize(1280, 800);
  await ann.askToJoin('Ann', room);
  await ann.arrives();
  await eve.join('Eve Example', room);
  await bob.say('Morning all! Has anybody tried the new build?');
  await bob.messageWith('Morning all');
  await eve.say('Yes: https://example.org/builds/42\nIt starts in no time.');
  await eve.say(
    'And a long one, to see how lines break: '.concat('the quick brown fox jumps over the lazy dog, '.repeat(6)),
  );
  await ann.messageWith('a long one');
  await ann.locate({ kind: 'found', latitude: 51.5007, longitude: -0.1246 });
  await ann.click(button('Send location'));
  await ann.click(button('Send this location'));
  await ann.messageWith('My current location');
  await ann.say('On my way 👋');
  await ann.hasSent('On my way');
  await picture('room');
});
