// Who sends the hostile corpus, and what it must not do to whoever sees it.

import { beforeAll, expect } from 'vitest';
import { bundled } from './bundle.ts';
import type { Person } from './person.ts';

let script = '';

/** To be called once in a test file, outside of its tests. */
export function crowds(): void {
  beforeAll(async () => {
    script = await bundled(new URL('./unseen.ts', import.meta.url));
  });
}

/** People without a user interface, in a page of somebody who has not joined. */
export class Crowd {
  readonly #person: Person;

  private constructor(person: Person) {
    this.#person = person;
  }

  static async at(person: Person): Promise<Crowd> {
    await person.open();
    // The library's whole text runs inside of the driver's call: the page's policy lets no page bring a script.
    await person.page.evaluate(new Function(script) as () => void);
    return new Crowd(person);
  }

  enters(room: string, nick: string, as: number | null = null): Promise<number | null> {
    return this.#person.page.evaluate((...all) => globalThis.chinwagCrowd.enters(...all), room, nick, as);
  }

  calls(who: number, nick: string): Promise<boolean> {
    return this.#person.page.evaluate((...all) => globalThis.chinwagCrowd.calls(...all), who, nick);
  }

  says(who: number, text: string, to: number | null = null): Promise<number | null> {
    return this.#person.page.evaluate((...all) => globalThis.chinwagCrowd.says(...all), who, text, to);
  }

  speaksOf(who: number, topic: string): Promise<boolean> {
    return this.#person.page.evaluate((...all) => globalThis.chinwagCrowd.speaksOf(...all), who, topic);
  }
}

export interface Harm {
  /** Something has run. */
  readonly taken: boolean;
  readonly faults: readonly string[];
  /** Elements and attributes that no text may become. */
  readonly strange: readonly string[];
  /** What is wider than its place. */
  readonly wide: readonly string[];
  /** Rows that are taller than theirs. */
  readonly tall: readonly string[];
  /** What has turned its surroundings around. */
  readonly turned: readonly string[];
}

const HARMLESS: Harm = { taken: false, faults: [], strange: [], wide: [], tall: [], turned: [] };

export async function harmless(person: Person, where: string): Promise<void> {
  const found = await person.page.evaluate(harm);
  // What it was stands in the first line, too, which may be all that is kept of a long run.
  expect(found, `${JSON.stringify(found).slice(0, 1_000)} at ${where}`).toEqual(HARMLESS);
}

/** Runs inside the page. */
function harm(): Harm {
  const NEVER =
    'script, img, iframe, object, embed, style, link, meta, base, math, video, audio, source, marquee, details, template';
  const ADDRESSES = ['http:', 'https:', 'mailto:'];
  /** Rows and their bounds in pixels; that of a message is the bound of its text, and what stands around it. */
  const BOUNDS: Record<string, number> = { article: 800, '.room-entry': 120, '.user': 120, '.server-line': 400 };
  const MORE = { '.hit': 400, '.open-rooms li': 120, '.public-room': 240, '.room-head': 160, '.quote': 60 };
  /** What stands before what, as lines run. */
  const ORDERS = [
    ['.byline:not(.folded) .nick', '.byline:not(.folded) time'],
    ['.hit-nick', '.hit-head time'],
    ['.quote-nick', '.quote-text'],
    ['.user-button .avatar', '.user-button bdi'],
  ] as const;
  /** Nothing of what stands in them is wider than they are. */
  const PLACES =
    '.body, .server-line, .timeline, .join-box, .composer, .sidebar, .user-list, .room-head h1, .hits, .popover, dialog';
  const ISOLATED = '.nick, .quote-nick, .quote-text, .hit-nick, .hit-text, .room-name, .topic, .text, .server-line, h1';
  const brief = (element: Element) => element.outerHTML.slice(0, 300);
  const all = [...document.body.querySelectorAll<HTMLElement>('*')].filter((one) => one.closest('noscript') === null);
  const strange = all.filter((element) => {
    const { protocol = 'https:' } = element instanceof HTMLAnchorElement ? element : {};
    const named = [...element.attributes].some(({ name }) => /^(?:on|src|formaction|xlink)/u.test(name));
    return named || element.matches(NEVER) || !ADDRESSES.includes(protocol);
  });
  const sticksOut = (one: Element) => {
    // What is clipped cannot be scrolled to; but the box itself may be too wide.
    const clipped = getComputedStyle(one).overflowX === 'clip';
    return (!clipped && one.scrollWidth > one.clientWidth + 1) || one.getBoundingClientRect().right > innerWidth + 1;
  };
  const outlying = [...document.querySelectorAll(PLACES)].filter(sticksOut);
  const page = document.documentElement;
  const wide = [...(page.scrollWidth > innerWidth ? ['the page'] : []), ...outlying.map(brief)];
  const tall = Object.entries({ ...BOUNDS, ...MORE }).flatMap(([row, most]) =>
    [...document.querySelectorAll(row)].filter((one) => one.getBoundingClientRect().height > most).map(brief),
  );
  const rtl = page.dir === 'rtl';
  const swapped = ORDERS.flatMap(([before, after]) => {
    const seconds = [...document.querySelectorAll(after)];
    return [...document.querySelectorAll(before)].filter((first, n) => {
      const [a, b] = [first.getBoundingClientRect(), seconds[n]?.getBoundingClientRect()];
      return b !== undefined && (rtl ? a.left < b.right - 1 : a.right > b.left + 1);
    });
  });
  const open = [...document.querySelectorAll(ISOLATED)].filter(
    (one) => !/isolate|plaintext/u.test(getComputedStyle(one).unicodeBidi),
  );
  return {
    taken: 'taken' in globalThis,
    faults: [...globalThis.chinwagRig.faults()],
    strange: strange.map(brief),
    wide,
    tall,
    turned: [...swapped, ...open].map(brief),
  };
}
