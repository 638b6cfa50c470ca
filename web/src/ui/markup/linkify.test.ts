import { expect, test } from 'vitest';
import { inlineOf } from './inline.ts';
import { isEmojiOnly } from './linkify.ts';
import { NOBODY } from './names.ts';
import type { Inline } from './nodes.ts';

const pieces = (text: string) => inlineOf(text, { names: NOBODY, left: 1_000 });
const textOf = (node: Inline) => ('text' in node ? node.text : '');
const links = (text: string) => pieces(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []));
const whole = (text: string) => pieces(text).map(textOf).join('');

// L12
test('addresses become links and the sentence around them stays', () => {
  expect(pieces('see https://example.org/a?b=1#c, please')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'https://example.org/a?b=1#c', href: 'https://example.org/a?b=1#c', host: null },
    { kind: 'text', text: ', please' },
  ]);
});

// L12
test('brackets belong to the address only when it opened them', () => {
  expect(links('(https://example.org/a)')).toEqual(['https://example.org/a']);
  expect(links('https://example.org/wiki/A_(b)')).toEqual(['https://example.org/wiki/A_(b)']);
  expect(links('https://example.org/!?...')).toEqual(['https://example.org/']);
});

// A28, L10
test.each([
  'javascript:alert(1)',
  'JAVASCRIPT://example.org/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox',
  'file:///etc/passwd',
  'ftp://example.org',
  'http://',
  'https:///',
  'https://user:secret@example.org/',
  'https://bank.example@evil.example/',
  'xhttps://example.org',
])('%s is no link', (text) => {
  expect(links(text)).toEqual([]);
  expect(whole(text)).toBe(text);
});

// A28, L10
test('markup in and around an address stays text', () => {
  const text = '<a href="https://example.org/"onmouseover=alert(1)>x</a><img src=x onerror=alert(1)>';
  expect(links(text)).toEqual(['https://example.org/']);
  expect(whole(text)).toBe(text);
});

// X8
test('an address ends where the reading direction is turned or something invisible stands', () => {
  expect(links('https://example.org/\u{202e}gro.live')).toEqual(['https://example.org/']);
  expect(links('https://exam\u{200b}ple.org/')).toEqual(['https://exam']);
});

// A20
test('whatever is written, the pieces together are what was written', () => {
  const parts = ['https://a.b', ' ', '\n', '))', '<', '"', 'http://', '🙂', '…', 'ß', '://', '\u{2066}'];
  for (let i = 0; i < 2_000; i += 1) {
    const text = Array.from({ length: i % 9 }, (_, k) => parts[(i * 7 + k * k * 3) % parts.length]).join('');
    expect(whole(text)).toBe(text);
  }
});

test('a long hostile text is done at once', () => {
  const text = `https://a.b/${'()'.repeat(1_000)}${')'.repeat(2_000)}`;
  expect(links(text)[0]?.length).toBe('https://a.b/'.length + 2_000);
  expect(whole('http://'.repeat(600))).toBe('http://'.repeat(600));
});

// L11
test('one to three emoji alone are large', () => {
  for (const text of ['🙂', ' 👩🏽‍🚀🇩🇪 ', '❤️ 🎉 👍🏿', '1️⃣']) {
    expect(isEmojiOnly(text), text).toBe(true);
  }
  for (const text of ['', '12', 'ok 🙂', '🙂🙂🙂🙂', '#', 'x'.repeat(100)]) {
    expect(isEmojiOnly(text), text).toBe(false);
  }
});
