// Whenever a page crashes, is reloaded or closed, whatever the connection and the shelf do: what was kept arrives once,
// in order, at the place and under the name it was written for, unless it is refused, and then it is still there (X7, X12).

import { expect, test } from 'vitest';
import { FakeDevice } from '../testing/device.ts';
import { FakeServer } from '../testing/server.ts';
import { seeded, type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import type { Chat, Message } from './types.ts';

const RUNS = 60;
const STEPS = 80;
/** On a machine that is busy with much else. */
const SLOW_MACHINE_MS = 120_000;

interface Run {
  readonly random: () => number;
  readonly world: World;
  readonly server: FakeServer;
  readonly device: FakeDevice;
  readonly said: string[];
  /** Not yet on the shelf when the page crashed: nobody can promise anything. */
  readonly perhapsLost: Set<string>;
  tab: Tab;
  chat: Chat;
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))(
  'over random crashes what was kept arrives once, in order (%i)',
  async (seed) => {
    const run = begin(seeded(seed + 1_000));
    enter(run);
    await run.world.until(() => run.chat.room.value !== null);
    for (let step = 0; step < STEPS; step += 1) {
      await STEP[Math.floor(run.random() * STEP.length)]?.(run);
      await run.world.advance(Math.floor(run.random() ** 3 * 400));
    }
    await calm(run);
    verify(run);
  },
  SLOW_MACHINE_MS,
);

function begin(random: () => number): Run {
  const server = new FakeServer();
  const world = new World(server, random);
  server.throttle = () => random() < 0.05;
  const device = new FakeDevice(world);
  const tab = world.tab(device);
  const chat = createChat(tab.environment());
  return { random, world, server, device, said: [], perhapsLost: new Set(), tab, chat };
}

const say = (run: Run): void => {
  if (run.chat.room.value !== null) {
    const text = `mine ${run.said.length}${run.random() < 0.1 ? ' damn' : ''}`;
    run.said.push(text);
    // What becomes of it is looked up in the log at the end.
    void run.chat.send({ kind: 'text', body: text });
  }
};

const burst = (run: Run): void => {
  for (let n = 0; n < 20; n += 1) {
    say(run);
  }
};

const STEP: readonly ((run: Run) => unknown)[] = [
  say,
  say,
  say,
  say,
  burst,
  (run) => run.server.post('lobby', `theirs ${run.world.now}`),
  (run) => run.world.cut(),
  (run) => {
    run.world.udp = run.world.udp === 'works' ? 'drops' : 'works';
  },
  (run) => {
    run.world.tcp = run.world.tcp === 'works' ? 'closed' : 'works';
  },
  (run) => {
    const { random } = run;
    run.device.writeMs = random() < 0.5 ? () => 1 : () => Math.floor(random() * 300);
  },
  (run) => run.world.advance(15_000),
  reload,
  crash,
  crash,
  duplicate,
];

/** The browser is killed: the next page is in a tab that knows nothing. */
function crash(run: Run): void {
  lose(run);
  run.tab.crash();
  run.tab = run.world.tab(run.device);
  run.chat = createChat(run.tab.environment());
  enter(run);
}

function reload(run: Run): void {
  lose(run);
  run.chat = createChat(run.tab.environment());
  enter(run);
}

/** Somebody duplicates the tab, is there as the same person, perhaps, and closes it. */
async function duplicate(run: Run): Promise<void> {
  const other = run.tab.duplicate();
  const chat = createChat(other.environment());
  if (run.random() < 0.5 && run.chat.room.value !== null) {
    void chat.join({ kind: 'public', name: 'lobby' }, 'ann'); // whether it is taken in or not
  }
  await run.world.advance(700);
  other.crash();
}

function lose({ device, server, said, perhapsLost }: Run): void {
  const safe = JSON.stringify([...device.rows.values()]) + JSON.stringify(server.texts('lobby'));
  for (const text of said.filter((text) => !safe.includes(`"${text}"`) && !text.includes('damn'))) {
    perhapsLost.add(text);
  }
}

function enter(run: Run): void {
  // A crash may come before the answer; the end of the run waits for the room.
  void run.chat.join({ kind: 'public', name: 'lobby' }, 'ann');
}

/** Everything works again, and all of the history is loaded. */
async function calm(run: Run): Promise<void> {
  const { world, server, device } = run;
  world.udp = 'works';
  world.tcp = 'works';
  device.writeMs = () => 1;
  server.throttle = () => false;
  await world.cut();
  await world.until(() => run.chat.room.value !== null && run.chat.connection.value.kind === 'live');
  await world.until(() => messages(run.chat).every(({ delivery }) => delivery.kind !== 'pending'));
  await world.advance(1_000);
  while (run.chat.room.value?.hasOlder) {
    run.chat.loadOlder();
    await world.advance(50);
  }
}

function verify({ server, device, said, perhapsLost, chat }: Run): void {
  const mine = server.texts('lobby').filter((text) => text.startsWith('mine'));
  const promised = said.filter((text) => !text.includes('damn') && (!perhapsLost.has(text) || mine.includes(text)));
  expect(mine).toEqual(promised);
  const sent = messages(chat).filter(({ delivery }) => delivery.kind === 'sent');
  expect(sent.map(text)).toEqual(server.texts('lobby'));
  expect(chat.room.value?.members).toHaveLength(1);
  // All that is left on the shelf are refused texts that nobody has taken back, and each of them is shown.
  const left = [...device.rows].filter(([key]) => !key.endsWith('/')).map(([, row]) => JSON.stringify(row));
  const refused = messages(chat).filter(({ delivery }) => delivery.kind === 'failed');
  expect(left.every((row) => row.includes('damn'))).toBe(true);
  expect(refused.map(text).sort()).toEqual([...new Set(refused.map(text))].sort());
  expect(left).toHaveLength(refused.length);
}

function text({ content }: Message): string {
  return content.kind === 'text' ? content.body : '?';
}

function messages(chat: Chat): Message[] {
  return (chat.room.value?.timeline ?? []).filter((item) => item.kind === 'message');
}
