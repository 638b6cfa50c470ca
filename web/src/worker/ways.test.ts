import { expect, test } from 'vitest';
import { type Asked, wayOf } from './ways.ts';

const ORIGIN = 'https://chat.example.org';
const FILES = ['/theme.js', '/favicon.svg', '/assets/index-a1.js'];

function way(path: string, more: Partial<Asked> = {}): string {
  return wayOf({ method: 'GET', url: new URL(path, ORIGIN), navigates: false, ...more }, ORIGIN, FILES);
}

test.each(['/', '/?name=ann', '/r/lobby', '/r/caf%C3%A9?at=12', '/i#key.name', '/d#secret'])(
  '%s is the page',
  (path) => {
    expect(way(path, { navigates: true })).toBe('page');
  },
);

test.each(['/healthz', '/metrics', '/r/', '/r/a/b', '/nothing'])('%s is opened by the network alone', (path) => {
  expect(way(path, { navigates: true })).toBe('pass');
});

test('files named by their content come from a cache, of whichever build; the others are asked for again', () => {
  expect(way('/assets/index-a1.js')).toBe('kept');
  expect(way('/assets/of-another-build.js')).toBe('kept');
  expect(way('/theme.js')).toBe('fresh');
  expect(way('/gone.js')).toBe('pass');
  // Whoever asks for the page's text wants to know what the server has.
  expect(way('/')).toBe('pass');
});

test.each(['/.well-known/chinwag', '/ws', '/wt', '/readyz', '/sw.js'])('%s is never answered by the worker', (path) => {
  expect(way(path)).toBe('pass');
});

test('what is elsewhere, and what changes something, passes', () => {
  expect(way('https://elsewhere.example/assets/index-a1.js')).toBe('pass');
  expect(way('/assets/index-a1.js', { method: 'POST' })).toBe('pass');
});
