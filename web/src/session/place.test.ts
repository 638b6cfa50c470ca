// What rooms are called, and what that says of their keys.

import { expect, test } from 'vitest';
import { hex } from './hex.ts';
import { privatePlace, publicPlace, refOf } from './place.ts';
import { sha256 } from './sha256.ts';

test.each([0, 1, 3, 31, 32, 55, 56, 63, 64, 65, 119, 120, 1_000])(
  'SHA-256 of %i bytes is what others say',
  async (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 131) % 256);
    const theirs = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    expect(sha256(bytes)).toBe(hex(theirs));
  },
);

// A8
test('a public room is one however its name is written', () => {
  expect(publicPlace(' Café ').id).toBe(publicPlace('CAFÉ').id);
  expect(publicPlace('ｌｏｂｂｙ').id).toBe(publicPlace('Lobby').id);
  expect(refOf(publicPlace(' Lobby '))).toEqual({ kind: 'Named', name: ' Lobby ' });
});

test('a private room goes by its key alone, and no public name is taken for it', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const place = privatePlace(key, 'party');
  expect(privatePlace(key, 'another name').id).toBe(place.id);
  expect(publicPlace(place.id).id).not.toBe(place.id);
  expect(refOf(place)).toEqual({ kind: 'Private', key, name: 'party' });
});
