// A text without its form: for excerpts, announcements and whoever copies.

import type { Block, Inline, Markup } from './nodes.ts';
import { parse } from './parse.ts';

/** What stands for a hidden word where it cannot be uncovered. */
const COVER = '▒▒▒';

/** One line of at most `most` characters, with spoilers covered. */
export function excerptOf(body: string, most: number): string {
  const line = plainOf(parse(body)).replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : line;
}

export function plainOf(markup: Markup): string {
  switch (markup.kind) {
    case 'emoji':
      return markup.text;
    case 'action':
      return inlineText(markup.children);
    case 'blocks':
      return markup.blocks.map(blockText).join('\n');
  }
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return inlineText(block.children);
    case 'quote':
      return block.blocks.map(blockText).join('\n');
    case 'code':
      return block.text;
    case 'list':
      return block.items
        .flatMap(({ number, children, inner }) => [
          `${number === null ? '•' : `${number}.`} ${inlineText(children)}`,
          ...inner.map(blockText),
        ])
        .join('\n');
  }
}

function inlineText(nodes: readonly Inline[]): string {
  return nodes.map(nodeText).join('');
}

function nodeText(node: Inline): string {
  switch (node.kind) {
    case 'text':
    case 'code':
    case 'link':
    case 'mention':
      return node.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return inlineText(node.children);
    case 'spoiler':
      return COVER;
  }
}
