// From what was written to nodes. Total: every string is some markup, and nothing readable is lost but the signs that
// became form. Nothing nests deeper than a few steps, and the work grows with the length alone.

import { inlineOf } from './inline.ts';
import { isEmojiOnly } from './linkify.ts';
import { NOBODY } from './names.ts';
import {
  type Block,
  type Context,
  type Item,
  type List,
  type Markup,
  MOST_ELEMENTS,
  type Names,
  spend,
} from './nodes.ts';

/** Quotes within quotes; what goes deeper keeps its ">". */
const MOST_QUOTES = 4;
/** Lists within lists. */
const MOST_LISTS = 4;
const ACTION = '/me ';

const QUOTED = /^>(?:$|[ \t>])/;
const POINT = /^( *)(?:([-*])|(0|[1-9]\d{0,8})[.)])[ \t]+(?=\S)/;
const FENCE = /^(`{3,})([^`]*)$/;
const FENCED_LINE = /^```([^`]+)```\s*$/;
/** What a language is called, by which it is told from code on the line of the fence. */
const LANGUAGE = /^[\w+#.-]{1,32}$/;

export function parse(body: string, names: Names = NOBODY): Markup {
  const context: Context = { names, left: MOST_ELEMENTS };
  if (isEmojiOnly(body)) {
    return { kind: 'emoji', text: body.trim() };
  }
  if (body.startsWith(ACTION) && body.slice(ACTION.length).trim() !== '') {
    return { kind: 'action', children: inlineOf(body.slice(ACTION.length), context) };
  }
  return { kind: 'blocks', blocks: blocksOf(body.split('\n'), 0, context) };
}

/** A part of the lines that became a block, and the first line behind it. */
interface Taken {
  readonly block: Block;
  readonly next: number;
}

function blocksOf(lines: readonly string[], quotes: number, context: Context): Block[] {
  const blocks: Block[] = [];
  const fences = new Fences(lines);
  let text: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const taken = takeBlock(lines, at, { quotes, fences, context });
    if (taken === null) {
      text.push(lines[at] ?? '');
      at += 1;
    } else {
      pushText(blocks, withoutEmptyEnds(text), context);
      text = [];
      blocks.push(taken.block);
      at = taken.next;
    }
  }
  pushText(blocks, blocks.length === 0 ? text : withoutEmptyEnds(text), context);
  return blocks;
}

function pushText(blocks: Block[], lines: readonly string[], context: Context): void {
  if (lines.length > 0) {
    blocks.push({ kind: 'text', children: inlineOf(lines.join('\n'), context) });
  }
}

/** Empty lines beside a block are the space that it has anyway. */
function withoutEmptyEnds(lines: readonly string[]): readonly string[] {
  const isFull = (line: string) => line.trim() !== '';
  const first = lines.findIndex(isFull);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(isFull) + 1);
}

interface Place {
  readonly quotes: number;
  readonly fences: Fences;
  readonly context: Context;
}

function takeBlock(lines: readonly string[], at: number, place: Place): Taken | null {
  const { quotes, fences, context } = place;
  const line = lines[at] ?? '';
  if (line.startsWith('```')) {
    return takeCode(lines, at, fences, context);
  }
  if (QUOTED.test(line) && quotes < MOST_QUOTES && spend(context)) {
    return takeQuote(lines, at, quotes, context);
  }
  return POINT.test(line) && spend(context) && context.left > 0 ? takeList(lines, at, context) : null;
}

function takeCode(lines: readonly string[], at: number, fences: Fences, context: Context): Taken | null {
  const line = lines[at] ?? '';
  const single = FENCED_LINE.exec(line)?.[1];
  if (single !== undefined) {
    return spend(context) ? { block: { kind: 'code', language: '', text: single }, next: at + 1 } : null;
  }
  const [, fence = '', behind = ''] = FENCE.exec(line) ?? [];
  const end = fence === '' ? null : fences.endOf(at, fence.length);
  if (end === null || !spend(context)) {
    return null;
  }
  const isName = LANGUAGE.test(behind.trim());
  const inside = lines.slice(at + 1, end);
  const text = (isName || behind.trim() === '' ? inside : [behind, ...inside]).join('\n');
  return { block: { kind: 'code', language: isName ? behind.trim() : '', text }, next: end + 1 };
}

/** Where fenced code ends. Remembers for which fences there is no end, so that looking stays linear. */
class Fences {
  readonly #lines: readonly string[];
  #endless = Number.POSITIVE_INFINITY;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  endOf(start: number, length: number): number | null {
    if (length >= this.#endless) {
      return null;
    }
    for (let at = start + 1; at < this.#lines.length; at += 1) {
      const line = this.#lines[at]?.trimEnd() ?? '';
      if (line.length >= length && /^`+$/.test(line)) {
        return at;
      }
    }
    this.#endless = length;
    return null;
  }
}

function takeQuote(lines: readonly string[], at: number, quotes: number, context: Context): Taken {
  const inside: string[] = [];
  let next = at;
  while (next < lines.length && QUOTED.test(lines[next] ?? '')) {
    inside.push((lines[next] ?? '').replace(/^>[ \t]?/, ''));
    next += 1;
  }
  return { block: { kind: 'quote', blocks: blocksOf(inside, quotes + 1, context) }, next };
}

interface Point {
  readonly depth: number;
  readonly number: number | null;
  readonly text: string;
}

/** Points of one kind on the outermost level; those further in may be of any. */
function takeList(lines: readonly string[], at: number, context: Context): Taken {
  const points: Point[] = [];
  let next = at;
  for (let point = pointOf(lines[next]); point !== null; point = pointOf(lines[next])) {
    if (points.length >= context.left || beginsAnother(points[0], point)) {
      break;
    }
    points.push(point);
    next += 1;
  }
  return { block: listOf(points, 0, context), next };
}

function beginsAnother(first: Point | undefined, point: Point): boolean {
  return first !== undefined && point.depth <= first.depth && isOrdered(first) !== isOrdered(point);
}

function isOrdered(point: Point | undefined): boolean {
  return point !== undefined && point.number !== null;
}

function pointOf(line: string | undefined): Point | null {
  const [head, indent = '', , digits] = POINT.exec(line ?? '') ?? [];
  if (head === undefined || line === undefined) {
    return null;
  }
  const number = digits === undefined ? null : Number(digits);
  return { depth: indent.length >> 1, number, text: line.slice(head.length) };
}

/** Points that stand further in than the first belong to the one before them. */
function listOf(points: readonly Point[], depth: number, context: Context): List {
  const items: Item[] = [];
  const least = points[0]?.depth ?? 0;
  let at = 0;
  while (at < points.length) {
    const point = points[at] as Point;
    const end = endOfInner(points, at + 1, least);
    context.left -= 1;
    const children = inlineOf(point.text, context);
    items.push({ number: point.number, children, inner: listsOf(points.slice(at + 1, end), depth + 1, context) });
    at = end;
  }
  return { kind: 'list', ordered: isOrdered(points[0]), items };
}

/** One list for each stretch of one kind. Beyond the depth all points stand side by side. */
function listsOf(points: readonly Point[], depth: number, context: Context): List[] {
  const level = depth < MOST_LISTS ? points : points.map((point) => ({ ...point, depth: 0 }));
  const lists: List[] = [];
  let from = 0;
  for (let at = 1; at <= level.length; at += 1) {
    const point = level[at];
    if (point === undefined || beginsAnother(level[from], point)) {
      lists.push(listOf(level.slice(from, at), depth, context));
      from = at;
    }
  }
  return lists;
}

function endOfInner(points: readonly Point[], from: number, least: number): number {
  let at = from;
  while ((points[at]?.depth ?? -1) > least) {
    at += 1;
  }
  return at;
}
