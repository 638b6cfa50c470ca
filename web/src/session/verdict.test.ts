import { expect, test } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { World } from '../testing/world.ts';
import { Identity } from './identity.ts';
import { recall, remember } from './verdict.ts';

test('a verdict on a network expires after ten minutes', async () => {
  const world = new World(new FakeServer());
  const env = world.tab().environment();
  expect(recall(env)).toBeNull();
  remember(env, 'WebSocket');
  await world.advance(10 * 60_000 - 1);
  expect(recall(env)).toBe('WebSocket');
  await world.advance(1);
  expect(recall(env)).toBeNull();
});

test('the same pair is said until it is welcomed, also after a reload, and then the next one', () => {
  const env = new World(new FakeServer()).tab().environment();
  const first = new Identity(env).greeting();
  expect(first.token).toBeNull();
  const reloaded = new Identity(env);
  expect(reloaded.greeting()).toEqual(first);
  reloaded.welcomed();
  const second = new Identity(env).greeting();
  expect(second.token).toEqual(first.next);
  expect(second.next).not.toEqual(first.next);
});
