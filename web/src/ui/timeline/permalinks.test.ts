import { expect, test } from 'vitest';
import { placeIn } from './permalinks.ts';

const HERE = 'https://chat.example';

test('an address of a public room here leads to its message, or to the room', () => {
  expect(placeIn(`${HERE}/r/tea%20room?at=12`, HERE)).toEqual({ room: 'tea room', seq: 12 });
  expect(placeIn(`${HERE}/r/lobby`, HERE)).toEqual({ room: 'lobby', seq: null });
});

test('every other address is the browser’s to follow', () => {
  expect(placeIn('https://elsewhere.example/r/lobby?at=12', HERE)).toBeNull();
  expect(placeIn(`${HERE}/d#device`, HERE)).toBeNull();
  expect(placeIn(`${HERE}/`, HERE)).toBeNull();
  expect(placeIn('mailto:ann@chat.example', HERE)).toBeNull();
});
