import { expect, test } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { World } from '../testing/world.ts';
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
