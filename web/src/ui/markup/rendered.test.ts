// The corpus through the renderer: only elements that a text may become, with only the attributes that they have, bounded
// in number and depth.

import { type ComponentChildren, isValidElement, type VNode } from 'preact';
import { expect, test } from 'vitest';
import { HOSTILE } from '../../testing/hostile.ts';
import { CodeBlock } from './code.tsx';
import { MarkupView } from './markup.tsx';
import { namesOf } from './names.ts';
import { MOST_ELEMENTS } from './nodes.ts';
import { parse } from './parse.ts';
import { Spoiler } from './spoiler.tsx';

/** What a text becomes, and with which attributes. Nothing else is ever made of one. */
const ALLOWED: ReadonlyMap<unknown, readonly string[]> = new Map<unknown, readonly string[]>([
  ['p', ['class', 'dir']],
  ['blockquote', ['dir']],
  ['ul', []],
  ['ol', []],
  ['li', ['dir', 'value']],
  ['strong', []],
  ['em', []],
  ['s', []],
  ['code', []],
  ['bdi', ['class', 'dir']],
  ['a', ['href', 'title', 'target', 'rel']],
  [Spoiler, []],
  [CodeBlock, ['language', 'text']],
]);
const CLASSES = ['text', 'text large', 'text action', 'called', 'called self', 'host'];
const REL = 'noopener noreferrer nofollow';

interface Seen {
  elements: number;
  depth: number;
}

function look(children: ComponentChildren, depth: number, seen: Seen): void {
  for (const child of Array.isArray(children) ? children : [children]) {
    if (Array.isArray(child)) {
      look(child, depth, seen);
    } else if (isValidElement(child)) {
      lookAt(child, depth, seen);
    } else {
      expect(['string', 'boolean', 'undefined']).toContain(child === null ? 'undefined' : typeof child);
    }
  }
}

function lookAt({ type, props }: VNode, depth: number, seen: Seen): void {
  const { children, ...attributes } = props as Record<string, unknown> & { children?: ComponentChildren };
  const allowed = ALLOWED.get(type);
  if (allowed === undefined) {
    // A fragment, or a piece that is nothing but elements.
    expect(typeof type).toBe('function');
    look((type as (props: unknown) => ComponentChildren)(props), depth, seen);
    return;
  }
  seen.elements += 1;
  seen.depth = Math.max(seen.depth, depth);
  expect(Object.keys(attributes).filter((name) => !allowed.includes(name))).toEqual([]);
  isHarmless(attributes);
  look(children, depth + 1, seen);
}

function isHarmless({ href, class: name, target, rel, dir }: Record<string, unknown>): void {
  expect([undefined, ...CLASSES]).toContain(name);
  expect([undefined, 'auto', 'ltr']).toContain(dir);
  if (href !== undefined) {
    expect(['http:', 'https:', 'mailto:']).toContain(new URL(String(href)).protocol);
    expect([target, rel]).toEqual(['_blank', REL]);
  }
}

const NAMES = namesOf(['Ann', '__proto__', 'constructor', '<b>'], '"><script>');

// L10, L12
test.each(HOSTILE.map((text, n) => [n, text] as const))('hostile input %i becomes only known elements', (_, text) => {
  const seen: Seen = { elements: 0, depth: 0 };
  look(MarkupView({ markup: parse(text, NAMES), nick: '<script>' }), 1, seen);
  expect(seen.elements).toBeGreaterThan(0);
  expect(seen.elements).toBeLessThanOrEqual(3 * MOST_ELEMENTS + 10);
  expect(seen.depth).toBeLessThanOrEqual(20);
});
