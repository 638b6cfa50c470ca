import { expect, test } from 'vitest';
import { astray } from '../destination.ts';
import { FakeChat } from '../testing/fake.ts';
import { Desk } from './desk.ts';
import type { Scroller } from './scroller.ts';

function scene() {
  const chat = new FakeChat();
  chat.latencyMs = 0;
  chat.enter('lobby', 'ann');
  const sought: string[] = [];
  const scroller = { seek: (key: string) => sought.push(key) } as unknown as Scroller;
  return { chat, desk: new Desk(chat, scroller, () => undefined), sought };
}

// L18
test('the way to a message that is there leads to it, and one to none is said to lead nowhere', async () => {
  const { chat, desk, sought } = scene();
  const { seq, key } = chat.says('bob', 'here');
  await desk.go(seq + 1_000);
  expect([sought, astray.value]).toEqual([[], true]);
  await desk.go(seq);
  expect([sought, astray.value]).toEqual([[key], false]);
});

// L18
test('what stands behind the place of a message that is gone is shown, and said to be something else', async () => {
  const { chat, desk, sought } = scene();
  const { seq, key } = chat.says('bob', 'behind it');
  chat.jump = () => Promise.resolve(true);
  await desk.go(seq - 1);
  expect([sought, astray.value]).toEqual([[key], true]);
});
