import { expect, test } from 'vitest';
import { FrameCutter, framed, MAX_FRAME, tagged, untagged } from './frame.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

test('frames come out whole however the bytes are split', () => {
  const whole = new Uint8Array(['one', '', 'three'].flatMap((payload) => [...framed(bytes(payload))]));
  for (let first = 0; first <= whole.length; first += 1) {
    for (let second = first; second <= whole.length; second += 1) {
      const cutter = new FrameCutter();
      const parts = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
      expect(parts.flatMap((part) => cutter.push(part)).map(text)).toEqual(['one', '', 'three']);
      expect(cutter.midFrame).toBe(false);
    }
  }
});

test('a header that announces too much is refused before the payload comes', () => {
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, MAX_FRAME + 1, true);
  expect(() => new FrameCutter().push(header)).toThrow('tooLong');
});

test('a tagged frame that ends early is refused, and a whole one is taken', () => {
  const whole = tagged(7, bytes('hello'));
  for (let end = 1; end < whole.length; end += 1) {
    expect(() => [...untagged(whole.subarray(0, end))]).toThrow('truncated');
  }
  expect([...untagged(whole)].map(([lane, payload]) => [lane, text(payload)])).toEqual([[7, 'hello']]);
});
