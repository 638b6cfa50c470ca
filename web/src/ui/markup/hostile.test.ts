// The corpus through the parser: only known kinds, only followable addresses, nothing readable lost, rows that stay small.

import { expect, test } from 'vitest';
import { HOSTILE } from '../../testing/hostile.ts';
import { colour } from './colours.ts';
import { namesOf } from './names.ts';
import { type Block, type Inline, type Markup, MOST_ELEMENTS } from './nodes.ts';
import { parse } from './parse.ts';
import { plainOf } from './plain.ts';

const NAMES = namesOf(['Ann', 'Bob Lee', '__proto__', 'constructor'], 'Zoë');
const BEHIND_LINK = '\u{e123}';
/** What becomes form, numbers of lists and white space aside, everything is still there. */
const FORM = /[\s*_~|`>\-[\]()\\•.\d]/gu;

interface Seen {
  text: string;
  elements: number;
  depth: number;
  readonly hrefs: string[];
}

function look(markup: Markup): Seen {
  const seen: Seen = { text: '', elements: 0, depth: 0, hrefs: [] };
  switch (markup.kind) {
    case 'emoji':
      seen.text = markup.text;
      break;
    case 'action':
      lookAtAll(markup.children, seen, 1);
      break;
    case 'blocks':
      lookAtBlocks(markup.blocks, seen, 1);
      break;
  }
  return seen;
}

function lookAtBlocks(blocks: readonly Block[], seen: Seen, depth: number): void {
  seen.depth = Math.max(seen.depth, depth);
  for (const block of blocks) {
    seen.elements += 1;
    switch (block.kind) {
      case 'text':
        lookAtAll(block.children, seen, depth + 1);
        break;
      case 'quote':
        lookAtBlocks(block.blocks, seen, depth + 1);
        break;
      case 'code':
        seen.text += block.language + block.text;
        break;
      case 'list':
        for (const { children, inner } of block.items) {
          seen.elements += 1;
          lookAtAll(children, seen, depth + 1);
          lookAtBlocks(inner, seen, depth + 1);
        }
        break;
      default:
        block satisfies never;
        throw new Error(`not a block: ${JSON.stringify(block)}`);
    }
  }
}

function lookAtAll(nodes: readonly Inline[], seen: Seen, depth: number): void {
  seen.depth = Math.max(seen.depth, depth);
  for (const node of nodes) {
    seen.elements += node.kind === 'text' ? 0 : 1;
    switch (node.kind) {
      case 'text':
      case 'code':
      case 'mention':
        seen.text += node.text;
        break;
      case 'link':
        seen.text += node.text + BEHIND_LINK;
        seen.hrefs.push(node.href);
        break;
      case 'bold':
      case 'italic':
      case 'strike':
      case 'spoiler':
        lookAtAll(node.children, seen, depth + 1);
        break;
      default:
        node satisfies never;
        throw new Error(`not an inline node: ${JSON.stringify(node)}`);
    }
  }
}

/** What of the writing is not there any more; behind a link its address may have gone into the link. */
function lost(text: string, seen: Seen): string {
  let rest = text.startsWith('/me ') && text.trim() !== '/me' ? text.slice('/me '.length) : text;
  rest = rest.replace(FORM, '');
  for (const part of seen.text.split(BEHIND_LINK).map((shown) => shown.replace(FORM, ''))) {
    const gap = rest.startsWith(part) ? 0 : rest.indexOf(part);
    if (gap < 0 || !/^(?:$|https?:|mailto:)/i.test(rest.slice(0, gap))) {
      return `${rest} before ${part}`;
    }
    rest = rest.slice(gap + part.length);
  }
  return rest.replace(/^(?:https?:|mailto:)\S*$/i, '');
}

test('the corpus is large enough to mean something', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(200);
  expect(HOSTILE.filter((text) => [...text].length > 4_000)).toEqual([]);
});

// L10, L12
test.each(HOSTILE.map((text, n) => [n, text] as const))(
  'hostile input %i becomes known nodes and loses nothing',
  (_, text) => {
    const seen = look(parse(text, NAMES));
    for (const href of seen.hrefs) {
      expect(['http:', 'https:', 'mailto:']).toContain(new URL(href).protocol);
      expect([new URL(href).username, new URL(href).password]).toEqual(['', '']);
    }
    expect(lost(text, seen)).toBe('');
    expect(seen.elements).toBeLessThanOrEqual(2 * MOST_ELEMENTS + 10);
    expect(seen.depth).toBeLessThanOrEqual(20);
  },
);

test('an excerpt of hostile input is one short line', () => {
  for (const text of HOSTILE) {
    expect(plainOf(parse(text)).length).toBeLessThanOrEqual(2 * text.length);
  }
});

// L12
test('colours are pieces of the very text, for every grammar, or there are none', async () => {
  for (const text of HOSTILE) {
    for (const grammar of ['js', 'html', 'md', 'sql', 'rs']) {
      const pieces = await colour(grammar, text);
      expect(pieces === null || pieces.map((piece) => piece.text).join('') === text).toBe(true);
    }
  }
});
