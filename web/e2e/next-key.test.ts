// Keys that come before the browser has drawn what the last one did: a busy one sees to several between two frames.

import { expect, test } from 'vitest';
import { button, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const current = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.room-button[aria-current] .room-name')?.textContent ?? '');

/** Does this in the page as soon as there is what matches `selector`, before it is drawn. */
async function onceThereIs(who: Person, selector: string, act: 'focuses it' | 'presses Ctrl+K'): Promise<void> {
  await who.page.evaluate(
    (what, does) => {
      const seen = new MutationObserver(() => {
        const found = document.querySelector<HTMLElement>(what);
        if (found === null) {
          return;
        }
        seen.disconnect();
        if (does === 'focuses it') {
          found.focus();
        } else {
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));
        }
      });
      seen.observe(document.body, { childList: true, subtree: true });
    },
    selector,
    act,
  );
}

/** Whether this has the focus when whatever waits for a frame, or for a turn after it, has come. */
async function keepsFocus(who: Person, selector: string): Promise<boolean> {
  return await who.page.evaluate(async (what) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    await frame();
    return document.activeElement?.matches(what) === true;
  }, selector);
}

// ux F1, A4
test('F1 A4: a shortcut is heard before the first frame of the first room', async () => {
  const ann = await set.person();
  await ann.open(`/r/${set.room()}`);
  await onceThereIs(ann, '#message', 'presses Ctrl+K');
  await ann.askToJoin('ann', set.room());
  await ann.sees({ role: 'dialog', name: 'Go to a room or a person' });
});

// ux L16
test('L16: a message sent before the first frame of a room answers nothing of the room before', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.say('of the first room');
  await ann.hasSent('of the first room');
  await ann.goesTo(second);
  await ann.say('of the second room');
  await ann.hasSent('of the second room');
  await ann.fill(MESSAGE, 'a draft');
  await ann.press('ArrowUp', 'Alt');
  await expect.poll(() => current(ann)).toBe(first);
  await ann.focusOn('of the first room');
  await ann.press('r');
  await ann.sees(button('Cancel'));
  await ann.page.evaluate(async () => {
    const press = (key: string, altKey = false) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, altKey, bubbles: true }));
    const left = document.querySelector('#message');
    press('ArrowDown', true);
    for (let turns = 0; turns < 100 && document.querySelector('#message') === left; turns += 1) {
      await Promise.resolve(); // as between any two keys
    }
    press('Enter');
  });
  await ann.hasSent('a draft');
  expect(await ann.page.evaluate(() => document.querySelectorAll('article .quote').length)).toBe(0);
});

// ux C7
test('C7: what is picked stands at the caret before the next key', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'a');
  await ann.click(button('Insert emoji'));
  await ann.sees(button('grinning face'));
  const written = await ann.page.evaluate(async () => {
    document.querySelector<HTMLElement>('.emoji-grid button')?.click();
    for (let turns = 0; turns < 10; turns += 1) {
      await Promise.resolve();
    }
    return document.querySelector<HTMLTextAreaElement>('#message')?.value;
  });
  expect(written).toMatch(/^a\p{Extended_Pictographic}/u);
});

// ux C7
test('C7: the picker leaves the focus where a key has put it before its first frame', async () => {
  const ann = await set.member('ann', set.room());
  await onceThereIs(ann, '.emoji-grid button', 'focuses it');
  await ann.click(button('Insert emoji'));
  await ann.sees(button('grinning face'));
  expect(await keepsFocus(ann, '.emoji-grid button')).toBe(true);
});

// ux C10
test('C10: the card of one’s place leaves the focus where a key has put it before its first frame', async () => {
  const ann = await set.member('ann', set.room());
  await ann.locate({ kind: 'found', latitude: 51.5007, longitude: -0.1246 });
  await onceThereIs(ann, '.place-card input', 'focuses it');
  await ann.click(button('Send location'));
  await ann.sees({ role: 'group', name: 'Your location' });
  expect(await keepsFocus(ann, '.place-card input')).toBe(true);
});

// ux A4
test('A4: an arrow in the list of people has moved the focus before the next key', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await set.member('bob', room);
  await ann.sees(button('bob'));
  const places = await ann.page.evaluate(() => {
    const at = () => document.activeElement?.getAttribute('data-place');
    document.querySelector<HTMLElement>('[data-place="0"]')?.focus();
    const before = at();
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    return [before, at()];
  });
  expect(places).toEqual(['0', '1']);
});
