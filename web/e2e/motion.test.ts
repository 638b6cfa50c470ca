// Whoever wants nothing to move sees nothing move.

import { expect, inject, test } from 'vitest';
import { button, LOG, MESSAGE, type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

/** Only there a test can say what its user wants. */
const CAN = inject('engine').startsWith('chromium');

/** Two people go through much of the chat, on a busy machine. */
const LONG_MS = 180_000;

/** Waits without anything to be seen; it takes no time and moves nothing. */
const UNSEEN = ['appear'];

/** Notes what begins to move from now on: animations, transitions and gliding scrolls. */
async function watchMotion(person: Person): Promise<() => Promise<string[]>> {
  await person.page.evaluate(() => {
    const moved: string[] = [];
    addEventListener('animationstart', ({ animationName }) => moved.push(animationName), true);
    addEventListener('transitionrun', ({ propertyName, target }) => {
      const fades = target instanceof Element ? getComputedStyle(target).transitionDuration : '0s';
      moved.push(...(fades.split(', ').every((time) => time === '0s') ? [] : [`transition of ${propertyName}`]));
    });
    const glides = (how: unknown) => {
      if ((how as ScrollOptions | undefined)?.behavior === 'smooth') {
        moved.push('a gliding scroll');
      }
    };
    for (const name of ['scrollTo', 'scrollBy', 'scroll', 'scrollIntoView'] as const) {
      const own = Element.prototype[name] as (...all: unknown[]) => void;
      Object.defineProperty(Element.prototype, name, {
        value(this: Element, ...all: unknown[]) {
          glides(all[0]);
          return own.apply(this, all);
        },
      });
    }
    Object.assign(globalThis, { moved });
  });
  return () =>
    person.page.evaluate(() => {
      const { moved } = globalThis as unknown as { moved: string[] };
      const styled = [...document.querySelectorAll('*')].some(
        (one) => getComputedStyle(one).scrollBehavior === 'smooth',
      );
      return [...moved, ...(styled ? ['a gliding scroll'] : [])];
    });
}

/** What one does in a room that has something to show of motion: what opens, what comes, what is gone to. */
async function course(ann: Person, bob: Person): Promise<void> {
  await bob.say('where it began');
  await ann.messageWith('where it began');
  await bob.sayAll(Array.from({ length: 30 }, (_, n) => `line ${n}`));
  await ann.messageWith('line 29');
  await ann.scrollTo('top');
  await bob.say('below the view');
  await ann.sees({ role: 'button', name: { part: 'new' } });
  await ann.click({ role: 'button', name: { part: 'new' } });
  await ann.messageWith('below the view');
  await ann.say('/search began');
  await ann.sees({ role: 'button', name: { part: 'where it began' }, within: { role: 'dialog' } });
  await ann.press('ArrowDown');
  await ann.press('Enter');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await ann.messageWith('where it began');
  await ann.click(button('Settings'));
  await ann.sees({ role: 'dialog' });
  await ann.press('Escape');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await ann.page.resize(360, 640);
  await ann.click(button('Show rooms'));
  await ann.sees({ role: 'dialog' });
  await ann.press('Escape');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await ann.sees(MESSAGE);
  await ann.sees(LOG);
}

// ux A6
test.runIf(CAN)(
  'ux A6: nothing moves for whoever wants no motion, and does for others',
  { timeout: LONG_MS },
  async () => {
    const room = set.room();
    const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
    const lively = await watchMotion(ann);
    await course(ann, bob);
    expect((await lively()).filter((name) => !UNSEEN.includes(name))).not.toEqual([]);

    const [eve, another] = [await set.person(), set.room()];
    await eve.page.calm?.(true);
    await eve.join('eve', another);
    expect(await eve.page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)).toBe(true);
    const still = await watchMotion(eve);
    await course(eve, await set.member('zoe', another));
    expect((await still()).filter((name) => !UNSEEN.includes(name))).toEqual([]);
    await eve.page.calm?.(false);
  },
);
