// What stands within a line: bold, italic, strike, spoilers, code, links and mentions. One pass from left to right; each
// kind of mark is open at most once, so nothing nests deeper than there are kinds, and every character is looked at a
// bounded number of times. What is never closed stays as it was written.

import { addressAt, hostOf, namedHref } from './linkify.ts';
import { isWordAt, isWordBefore } from './names.ts';
import { type Context, type Inline, spend } from './nodes.ts';

type Mark = 'bold' | 'star' | 'under' | 'strike' | 'spoiler';

const KINDS = { bold: 'bold', star: 'italic', under: 'italic', strike: 'strike', spoiler: 'spoiler' } as const;
const SIGNS: Readonly<Record<Mark, string>> = { bold: '**', star: '*', under: '_', strike: '~~', spoiler: '||' };
/** One sign within a word is a product or a file's name; two are meant. */
const WITHIN_WORDS: Readonly<Record<Mark, boolean>> = {
  bold: true,
  star: false,
  under: false,
  strike: true,
  spoiler: true,
};
const RUNS: Readonly<Record<string, readonly Mark[]>> = {
  '*': ['star'],
  '**': ['bold'],
  '***': ['bold', 'star'],
  _: ['under'],
  '~~': ['strike'],
  '||': ['spoiler'],
};
/** A backslash before one of these takes away its meaning and goes; before "_" it stays, for ¯\_(ツ)_/¯. */
const ESCAPED = '*`~|[>';
const LONGEST_LABEL = 300;

interface Frame {
  readonly mark: Mark;
  readonly children: Inline[];
}

export function inlineOf(text: string, context: Context): Inline[] {
  return new Scanner(text, context).run();
}

class Scanner {
  readonly #text: string;
  readonly #context: Context;
  readonly #root: Inline[] = [];
  readonly #open: Frame[] = [];
  #at = 0;
  /** Where the text begins that is not in a node yet. */
  #from = 0;
  #ticks: ReadonlyMap<number, number> | null = null;

  constructor(text: string, context: Context) {
    this.#text = text;
    this.#context = context;
  }

  run(): Inline[] {
    while (this.#at < this.#text.length) {
      this.#step(this.#text.charAt(this.#at));
    }
    this.#flush();
    this.#giveUp(0);
    return this.#root;
  }

  #step(c: string): void {
    switch (c) {
      case '\\':
        return this.#escape();
      case '`':
        return this.#code();
      case '[':
        return this.#namedLink();
      case '@':
        return this.#mention();
      case 'h':
      case 'H':
        return this.#address();
      case '\n':
        return this.#lineBreak();
      case '*':
      case '_':
      case '~':
      case '|':
        return this.#marks(c);
      default:
        this.#at += 1;
    }
  }

  #escape(): void {
    const next = this.#text.charAt(this.#at + 1);
    if (next !== '' && ESCAPED.includes(next)) {
      this.#flush();
      this.#from = this.#at + 1;
      this.#at += 2;
    } else {
      this.#at += next === '_' ? 2 : 1;
    }
  }

  #code(): void {
    const length = runLength(this.#text, this.#at);
    this.#ticks ??= nextAlike(this.#text);
    const end = this.#ticks.get(this.#at);
    if (end === undefined) {
      this.#at += length;
    } else {
      this.#put({ kind: 'code', text: this.#text.slice(this.#at + length, end) }, end + length);
    }
  }

  #namedLink(): void {
    const link = namedLinkAt(this.#text, this.#at);
    if (link === null) {
      this.#at += 1;
    } else {
      this.#put(link.node, link.end);
    }
  }

  #mention(): void {
    const found = isWordBefore(this.#text, this.#at) ? null : this.#context.names.at(this.#text, this.#at + 1);
    if (found === null) {
      this.#at += 1;
      return;
    }
    const end = this.#at + 1 + found.length;
    this.#put({ kind: 'mention', text: this.#text.slice(this.#at, end), self: found.self }, end);
  }

  #address(): void {
    const found = isWordBefore(this.#text, this.#at) ? null : addressAt(this.#text, this.#at);
    if (found === null) {
      this.#at += 1;
      return;
    }
    const { text, href } = found;
    const end = this.#at + text.length;
    if (href === null) {
      this.#at = end;
    } else {
      const host = hostOf(href);
      this.#put({ kind: 'link', text, href, host: text.toLowerCase().includes(host) ? null : host }, end);
    }
  }

  /** Nothing reaches over an empty line. */
  #lineBreak(): void {
    EMPTY_LINE.lastIndex = this.#at;
    if (EMPTY_LINE.test(this.#text)) {
      this.#flush();
      this.#giveUp(0);
    }
    this.#at += 1;
  }

  #marks(c: string): void {
    const length = runLength(this.#text, this.#at);
    const run = c.repeat(Math.min(length, 4));
    const marks = RUNS[run] ?? [];
    if (marks.length === 0) {
      this.#at += length;
      return;
    }
    this.#flush();
    const before = this.#at;
    this.#at += length;
    this.#from = this.#at;
    for (const mark of this.#open.at(-1)?.mark === 'star' ? marks.toReversed() : marks) {
      this.#turn(mark, before);
    }
  }

  /** Opens or closes; or stays text if it can do neither. The run of marks begins at `start` and ends here. */
  #turn(mark: Mark, start: number): void {
    const place = this.#open.findIndex((frame) => frame.mark === mark);
    if (place >= 0 && this.#closes(mark, start)) {
      this.#close(place, mark);
    } else if (place < 0 && this.#opens(mark, start)) {
      this.#open.push({ mark, children: [] });
    } else {
      append(this.#children(), { kind: 'text', text: SIGNS[mark] });
    }
  }

  #opens(mark: Mark, start: number): boolean {
    const after = this.#text.charAt(this.#at);
    return after.trim() !== '' && (WITHIN_WORDS[mark] || !isWordBefore(this.#text, start));
  }

  #closes(mark: Mark, start: number): boolean {
    const before = this.#text.charAt(start - 1);
    return before.trim() !== '' && (WITHIN_WORDS[mark] || !isWordAt(this.#text, this.#at));
  }

  #close(place: number, mark: Mark): void {
    this.#giveUp(place + 1);
    if (!spend(this.#context)) {
      this.#giveUp(place);
      append(this.#children(), { kind: 'text', text: SIGNS[mark] });
      return;
    }
    const children = this.#open.pop()?.children ?? [];
    append(this.#children(), { kind: KINDS[mark], children });
  }

  /** What is open from here on is text after all. */
  #giveUp(place: number): void {
    for (let frame = this.#top(place); frame !== undefined; frame = this.#top(place)) {
      this.#open.pop();
      append(this.#children(), { kind: 'text', text: SIGNS[frame.mark] });
      for (const child of frame.children) {
        append(this.#children(), child);
      }
    }
  }

  #top(place: number): Frame | undefined {
    return this.#open.length > place ? this.#open.at(-1) : undefined;
  }

  #put(node: Inline, end: number): void {
    if (spend(this.#context)) {
      this.#flush();
      append(this.#children(), node);
      this.#from = end;
    }
    this.#at = end;
  }

  #flush(): void {
    append(this.#children(), { kind: 'text', text: this.#text.slice(this.#from, this.#at) });
    this.#from = this.#at;
  }

  #children(): Inline[] {
    return this.#open.at(-1)?.children ?? this.#root;
  }
}

const EMPTY_LINE = /\n[ \t]*(?:\n|$)/y;

/** How often the character at `at` stands there in a row. */
function runLength(text: string, at: number): number {
  const c = text.charCodeAt(at);
  let end = at + 1;
  while (text.charCodeAt(end) === c) {
    end += 1;
  }
  return end - at;
}

/** For each run of backticks the next one of the same length. */
function nextAlike(text: string): ReadonlyMap<number, number> {
  const next = new Map<number, number>();
  const latest = new Map<number, number>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const before = latest.get(run.length);
    if (before !== undefined) {
      next.set(before, index);
    }
    latest.set(run.length, index);
  }
  return next;
}

/** `[text](address)`. Neither part holds a square bracket, so that no character is looked at for two links. */
function namedLinkAt(text: string, at: number): { readonly node: Inline; readonly end: number } | null {
  const middle = labelEnd(text, at + 1);
  const end = middle === null ? null : addressEnd(text, middle + 2);
  if (middle === null || end === null) {
    return null;
  }
  const label = text.slice(at + 1, middle);
  const address = text.slice(middle + 2, end);
  const href = namedHref(address);
  if (href === null) {
    return null;
  }
  const host = label === address && address.toLowerCase().includes(hostOf(href)) ? null : hostOf(href);
  return { node: { kind: 'link', text: label, href, host }, end: end + 1 };
}

function labelEnd(text: string, from: number): number | null {
  for (let at = from; at - from <= LONGEST_LABEL; at += 1) {
    const c = text.charAt(at);
    if (c === ']') {
      return text.charAt(at + 1) === '(' && text.slice(from, at).trim() !== '' ? at : null;
    }
    if (c === '' || c === '[' || c === '\n') {
      return null;
    }
  }
  return null;
}

/** Where the bracket is closed that was opened right before `from`. */
function addressEnd(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === ')' && depth === 0) {
      return at;
    }
    depth += c === '(' ? 1 : c === ')' ? -1 : 0;
    if (c === '[' || c === ']' || c.trim() === '') {
      return null;
    }
  }
  return null;
}

/** Texts side by side become one. */
function append(children: Inline[], node: Inline): void {
  if (node.kind === 'text' && node.text === '') {
    return;
  }
  const last = children.at(-1);
  if (node.kind === 'text' && last?.kind === 'text') {
    children[children.length - 1] = { kind: 'text', text: last.text + node.text };
  } else {
    children.push(node);
  }
}
