import { expect, test } from 'vitest';
import { mapHref } from './map.ts';

// A26
test('a position leads to OpenStreetMap unless the server names another map', () => {
  expect(mapHref('', 52.52, -13.405)).toBe(
    'https://www.openstreetmap.org/?mlat=52.52000&mlon=-13.40500#map=15/52.52000/-13.40500',
  );
  expect(mapHref('https://maps.example/@{lat},{lon}', 1, 2)).toBe('https://maps.example/@1.00000,2.00000');
});

// A28
test('a map that is no web page is not used', () => {
  expect(mapHref('javascript:alert({lat})', 1, 2)).toContain('openstreetmap.org');
});
