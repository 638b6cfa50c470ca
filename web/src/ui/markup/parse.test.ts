import { expect, test } from 'vitest';
import { namesOf } from './names.ts';
import type { Block, Inline } from './nodes.ts';
import { parse } from './parse.ts';
import { excerptOf, plainOf } from './plain.ts';

const NAMES = namesOf(['Ann', 'Ann Lee', 'Bob'], 'Zoë');

/** Nodes as short words: `bold(a)`. */
function said(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'code':
          return `code(${node.text})`;
        case 'link':
          return `link(${node.text} ${node.href}${node.host === null ? '' : ` ${node.host}`})`;
        case 'mention':
          return `${node.self ? 'self' : 'mention'}(${node.text})`;
        default:
          return `${node.kind}(${said(node.children)})`;
      }
    })
    .join('');
}

function told(block: Block): string {
  switch (block.kind) {
    case 'text':
      return said(block.children);
    case 'quote':
      return `quote[${block.blocks.map(told).join(' / ')}]`;
    case 'code':
      return `code[${block.language}: ${block.text}]`;
    case 'list':
      return `list[${block.items.map(({ number, children, inner }) => `${number ?? '-'} ${[said(children), ...inner.map(told)].join(' ')}`).join(', ')}]`;
  }
}

function read(text: string): string {
  const markup = parse(text, NAMES);
  switch (markup.kind) {
    case 'emoji':
      return `emoji(${markup.text})`;
    case 'action':
      return `action(${said(markup.children)})`;
    case 'blocks':
      return markup.blocks.map(told).join(' / ');
  }
}

// L12
test.each([
  [
    '**bold** and *italic* and _italic_ and ~~gone~~',
    'bold(bold) and italic(italic) and italic(italic) and strike(gone)',
  ],
  ['***both***', 'bold(italic(both))'],
  ['*a **b***', 'italic(a bold(b))'],
  ['**a *b***', 'bold(a italic(b))'],
  ['a `**code**` b', 'a code(**code**) b'],
  ['``a ` b``', 'code(a ` b)'],
  ['||the butler **did** it||', 'spoiler(the butler bold(did) it)'],
  ['snake_case_name, 2*3*4, 2 * 3 * 4, a || b || c, x ~~ y', 'snake_case_name, 2*3*4, 2 * 3 * 4, a || b || c, x ~~ y'],
  ['¯\\_(ツ)_/¯ and \\*not italic\\*', '¯\\_(ツ)_/¯ and *not italic*'],
  ['C:\\files\\*new*', 'C:\\files*new*'],
  ['*half **open', '*half **open'],
  ['**over\n\nan empty line**', '**over\n\nan empty line**'],
  ['**over\na line**', 'bold(over\na line)'],
  ['||https://example.org||', 'spoiler(link(https://example.org https://example.org/))'],
])('%s', (text, expected) => {
  expect(read(text)).toBe(expected);
});

// L12
test.each([
  ['> a\n> b\nc', 'quote[a\nb] / c'],
  ['>> deep\n> less', 'quote[quote[deep] / less]'],
  ['>:( >_<', '>:( >_<'],
  ['- a\n- b\n  - c\n- d', 'list[- a, - b list[- c], - d]'],
  ['3. a\n4. b\n- c', 'list[3 a, 4 b] / list[- c]'],
  ['before\n\n* a\n\nafter', 'before / list[- a] / after'],
  ['```ts\nconst a = `b`;\n\n  c\n```\nafter', 'code[ts: const a = `b`;\n\n  c] / after'],
  ['```one line```', 'code[: one line]'],
  ['```not code\nnever closed', '```not code\nnever closed'],
  ['2026. was good', 'list[2026 was good]'],
  ['first    line\n\n  third line', 'first    line\n\n  third line'],
])('block %j', (text, expected) => {
  expect(read(text)).toBe(expected);
});

// L12, X11
test.each([
  ['[the docs](https://example.org/a)', 'link(the docs https://example.org/a example.org)'],
  ['[https://bank.example](https://evil.example/)', 'link(https://bank.example https://evil.example/ evil.example)'],
  ['https://ex\u0430mple.org/', 'link(https://ex\u0430mple.org/ https://xn--exmple-4nf.org/ xn--exmple-4nf.org)'],
  ['[mail](mailto:a@example.org)', 'link(mail mailto:a@example.org a@example.org)'],
  ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
  ['[x](data:text/html,y)', '[x](data:text/html,y)'],
])('link %j', (text, expected) => {
  expect(read(text)).toBe(expected);
});

// C7
test('names of members are mentions, whatever the capitals, the longest first', () => {
  expect(read('@ann lee and @BOB, @zoë! @nobody a@bob @Bobby')).toBe(
    'mention(@ann lee) and mention(@BOB), self(@zoë)! @nobody a@bob @Bobby',
  );
});

// L11
test('emoji alone, and what one does', () => {
  expect(read(' 🙂🎉 ')).toBe('emoji(🙂🎉)');
  expect(read('/me *waves*')).toBe('action(italic(waves))');
  expect(read('/meow')).toBe('/meow');
});

test('an excerpt is one line, without form, with spoilers covered', () => {
  expect(excerptOf('> **a**\n- b ||secret||', 40)).toBe('a • b ▒▒▒');
  expect(excerptOf('x'.repeat(100), 10)).toBe(`${'x'.repeat(9)}…`);
});

// A20
test('whatever the signs, all letters are still there, in order', () => {
  const parts = [
    '*',
    '**',
    '_',
    '~~',
    '||',
    '`',
    '```',
    '\n',
    '> ',
    '- ',
    '1. ',
    '[',
    '](',
    ')',
    'a',
    'B c',
    'ß',
    '🙂',
    '\\',
  ];
  let seed = 7;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  for (let round = 0; round < 4_000; round += 1) {
    const text = Array.from({ length: next() % 30 }, () => parts[next() % parts.length]).join('');
    const letters = (of: string) => of.replace(/[^aBcß🙂]/gu, '');
    const markup = parse(text.replaceAll('||', ''));
    expect(letters(plainOf(markup)), JSON.stringify(text)).toBe(letters(text));
  }
});
