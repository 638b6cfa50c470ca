import { describe, expect, it } from 'vitest';
import { piecesOf, textOf } from './marks.ts';

/** The text with its hits in brackets. */
function marked(text: string, sought: string): string {
  return piecesOf(text, sought)
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');
}

// F2
describe('the words that were sought', () => {
  it('are marked in every spelling', () => {
    expect(marked('Crème TEA teapot', 'creme tea')).toBe('[Crème] [TEA] [teapot]');
    expect(marked('tea teapot', '"tea"')).toBe('[tea] teapot');
    expect(marked("don't dont", 'don’t')).toBe("[don't] [dont]");
    expect(marked('tea at five', '"tea at" fi')).toBe('[tea] [at] [five]');
  });

  it('are marked within scripts that have no spaces', () => {
    expect(marked('私は東京タワーに行った', '東京')).toBe('私は[東京]タワーに行った');
  });

  it('leave a text without them as it is', () => {
    expect(marked('nothing here', 'tea')).toBe('nothing here');
    expect(marked('nothing here', '')).toBe('nothing here');
    expect(marked('', 'tea')).toBe('');
  });

  it('stand in an excerpt of a long text that tears no character apart', () => {
    const text = `${'🫖'.repeat(500)} tea ${'🫖'.repeat(500)}`;
    const pieces = piecesOf(text, 'tea');
    expect(pieces.filter(({ hit }) => hit)).toEqual([{ text: 'tea', hit: true }]);
    const whole = pieces.map((piece) => piece.text).join('');
    expect(whole.length).toBeLessThan(300);
    expect(/\p{Cs}/u.test(whole)).toBe(false);
    expect(whole.startsWith('…') && whole.endsWith('…')).toBe(true);
  });

  it('are marked in the text as it reads in the room, without the signs of its form', () => {
    const body = '**Strong tea** and `milk`, see [the *tea* list](https://example.org/tea)\n> ~~no~~ tea';
    const text = textOf({ content: { kind: 'text', body } });
    expect(marked(text, 'tea')).toBe('Strong [tea] and milk, see the *[tea]* list\nno [tea]');
    expect(textOf({ content: { kind: 'text', body: 'it was ||the butler||' } })).not.toContain('butler');
  });

  it('are found in anything', () => {
    for (const text of ['<img src=x onerror=alert(1)>', '\u202eevil', '\0', '"', "'".repeat(9), 'İ ß ﬁ ﷺ']) {
      for (const sought of [text, '"', 'img', 'i', 'fi', '(', '[a', '\\']) {
        const pieces = piecesOf(text, sought).map((piece) => piece.text);
        expect(pieces.join('')).toBe(text);
      }
    }
  });
});
