// The hostile corpus in a real browser, as text: nothing runs, nothing is blocked because nothing tried, and nothing
// breaks out of its place.

import { expect, test } from 'vitest';
import { HOSTILE } from '../src/testing/hostile.ts';
import { type Person, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

/** Dozens of arrivals take their time on a busy machine. */
const LONG_MS = 300_000;

interface Harm {
  readonly taken: boolean;
  readonly faults: readonly string[];
  /** Elements that no text may become. */
  readonly strange: readonly string[];
  readonly links: readonly string[];
  /** Pixels that the page or a message is wider than its place. */
  readonly over: number;
}

const HARMLESS: Omit<Harm, 'links'> = { taken: false, faults: [], strange: [], over: 0 };

async function harm(person: Person): Promise<Harm> {
  return await person.page.evaluate(() => {
    const box = globalThis.chinwagRig.scroller() ?? document.body;
    const page = document.documentElement;
    const bodies = [...document.querySelectorAll('article .body')];
    const inside = bodies.map((body) => body.getBoundingClientRect().right - box.getBoundingClientRect().right);
    const widest = Math.max(page.scrollWidth - innerWidth, box.scrollWidth - box.clientWidth, ...inside);
    const strange =
      'article :is(script, img, iframe, object, embed, style, link, meta, form, math, video, audio, base)';
    return {
      taken: 'taken' in globalThis,
      faults: [...globalThis.chinwagRig.faults()],
      strange: [...document.querySelectorAll(strange)].map((one) => one.outerHTML),
      links: [...document.querySelectorAll('article a')].map((link) => (link as HTMLAnchorElement).protocol),
      over: Math.max(0, Math.round(widest)),
    };
  });
}

async function harmless(person: Person, where: string): Promise<void> {
  const { links, ...rest } = await harm(person);
  expect(rest, where).toEqual(HARMLESS);
  expect(
    links.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol)),
    where,
  ).toEqual([]);
}

/** By the document alone: looking at every element by its role takes long in the midst of these. */
async function lastSaid(person: Person): Promise<string> {
  return await person.page.evaluate(() => [...document.querySelectorAll('article')].at(-1)?.textContent ?? '');
}

const PER_RUN = 45;
const runs = Array.from({ length: Math.ceil(HOSTILE.length / PER_RUN) }, (_, n) =>
  HOSTILE.slice(n * PER_RUN, (n + 1) * PER_RUN),
);

// L10, L11, L12
test.each(runs.map((texts, n) => [n + 1, texts] as const))(
  'L10: hostile texts, part %i',
  { timeout: LONG_MS },
  async (part, texts) => {
    const room = set.room();
    const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
    const end = `end of part ${part}`;
    await ann.sayAll([...texts, end]);
    // Whatever the server refuses is back in the field; what it takes is there for both.
    for (const person of [ann, bob]) {
      await expect.poll(() => lastSaid(person)).toContain(end);
      await harmless(person, `part ${part}`);
    }
    const shown = await bob.page.evaluate(() => document.querySelectorAll('article').length);
    expect(shown).toBeGreaterThan(texts.length / 2);
  },
);
