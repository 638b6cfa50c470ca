// Two kinds of browser in one room: this project's engine and another that speaks another transport.

import { expect, test } from 'vitest';
import { engineNamed, stage } from './rig/index.ts';

const set = stage();
const NEXT_LOOK = { timeout: 60_000 };
const OTHER = set.engine.transport === 'WebTransport' ? 'webkit' : 'firefox';

test('A18 A12 A32: two kinds of browser, over two transports, chat with each other', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  const bob = await set.member('bob', room, OTHER);
  // On a machine so busy that WebSocket won the race, the client moves to WebTransport at its next look.
  await expect.poll(() => ann.connection(), NEXT_LOOK).toContain(set.engine.transport);
  await expect.poll(() => bob.connection(), NEXT_LOOK).toContain(engineNamed(OTHER).transport);
  const said = ['hello from ann', 'hello from bob', 'ann again', 'bob again'];
  await ann.say('hello from ann');
  await bob.messageWith('hello from ann');
  await bob.say('hello from bob');
  await ann.messageWith('hello from bob');
  await ann.say('ann again');
  await bob.messageWith('ann again');
  await bob.say('bob again');
  await expect.poll(() => ann.heard(said)).toEqual(said);
  await expect.poll(() => bob.heard(said)).toEqual(said);
  expect((await ann.messageWith('ann again')).datetime).toBe((await bob.messageWith('ann again')).datetime);
});
