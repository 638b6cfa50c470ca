import { expect, test } from 'vitest';
import { parseDiscovery } from './browser.ts';

test('a discovery is taken as far as it is well-formed', () => {
  const said = {
    server: 'chinwag 0.1.0',
    protocols: [1],
    webtransport: { port: 4433, path: '/wt', hashes: ['AAAA'] },
    websocket: { path: '/ws' },
    map_url: 'https://maps.example/{lat},{lon}',
  };
  expect(parseDiscovery(said)).toEqual({
    server: 'chinwag 0.1.0',
    webtransport: { port: 4433, path: '/wt', hashes: ['AAAA'] },
    websocket: { path: '/ws' },
    mapUrl: 'https://maps.example/{lat},{lon}',
  });
});

test.each([null, 'nonsense', [], { webtransport: null, websocket: null }, { webtransport: { port: '1' } }])(
  'without a well-formed transport none is offered (%j)',
  (said) => {
    expect(parseDiscovery(said)).toEqual({ server: '', webtransport: null, websocket: null, mapUrl: '' });
  },
);
