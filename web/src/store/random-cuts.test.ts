// Whatever happens to the connection, nothing is lost, doubled or put out of order (K3, X12).

import { expect, test } from 'vitest';
import { FakeServer } from '../testing/server.ts';
import { seeded, type Tab, World } from '../testing/world.ts';
import { createChat } from './chat.ts';
import type { Chat, Message } from './types.ts';

const RUNS = 40;
const STEPS = 120;

interface Run {
  readonly world: World;
  readonly server: FakeServer;
  readonly tab: Tab;
  readonly said: string[];
  chat: Chat;
  close: () => void;
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))(
  'over random faults all arrives once, in order (%i)',
  async (seed) => {
    const random = seeded(seed + 1);
    const server = new FakeServer();
    const world = new World(server, random);
    server.throttle = () => random() < 0.05;
    const tab = world.tab();
    const run: Run = { world, server, tab, said: [], ...open(tab) };
    enter(run);
    await world.until(() => run.chat.room.value !== null);
    for (let step = 0; step < STEPS; step += 1) {
      await STEP[Math.floor(random() * STEP.length)]?.(run);
      await world.advance(Math.floor(random() * 400));
    }
    await calm(run);
    expect(server.texts('lobby').filter((text) => text.startsWith('mine'))).toEqual(run.said);
    expect(shown(run.chat)).toEqual(server.texts('lobby'));
    expect(new Set(keys(run.chat)).size).toBe(keys(run.chat).length);
  },
);

const say = (run: Run): void => {
  if (run.chat.room.value !== null) {
    run.said.push(`mine ${run.said.length}`);
    // What becomes of it is looked up in the log at the end.
    void run.chat.send({ kind: 'text', body: run.said.at(-1) ?? '' });
  }
};

const others = (run: Run): void => run.server.post('lobby', `theirs ${run.world.now}`);

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
  others,
  others,
  (run) => run.world.cut(),
  (run) => run.tab.happens('online'),
  stall,
  (run) => {
    run.world.udp = run.world.udp === 'works' ? 'drops' : 'works';
  },
  (run) => {
    run.world.tcp = run.world.tcp === 'works' ? 'closed' : 'works';
  },
  (run) => run.world.advance(15_000),
  (run) => run.tab.happens('hidden'),
  (run) => run.tab.happens('visible'),
  slow,
  late,
  reload,
  (run) => run.chat.loadOlder(),
];

/** The network is another: from near to far away. */
function slow({ world }: Run): void {
  world.latency = world.random() < 0.5 ? 5 : Math.floor(world.random() * 500);
}

/** The server has taken the connection for an older one of this very client. */
function late({ world, server }: Run): void {
  for (const carrier of world.carriers) {
    server.bye(carrier, 'Replaced', 1_000);
  }
}

function stall({ world }: Run): void {
  for (const carrier of world.carriers) {
    carrier.stalled = true;
  }
}

async function reload(run: Run): Promise<void> {
  await run.world.advance(10); // what is written at the very moment of a reload is too late to be kept
  run.close();
  Object.assign(run, open(run.tab));
  enter(run);
}

function open(tab: Tab): { chat: Chat; close: () => void } {
  const life = new AbortController();
  return { chat: createChat(tab.environment(), life.signal), close: () => life.abort() };
}

function enter(run: Run): void {
  // A reload may come before the answer; the end of the run waits for the room.
  void run.chat.join({ kind: 'public', name: 'lobby' }, 'ann');
}

/** Everything works again, and all of the history is loaded. */
async function calm(run: Run): Promise<void> {
  const { world, server } = run;
  world.udp = 'works';
  world.tcp = 'works';
  world.latency = 5;
  run.tab.happens('visible');
  server.throttle = () => false;
  await world.cut();
  await world.until(() => run.chat.room.value !== null && run.chat.connection.value.kind === 'live');
  await world.until(() => messages(run.chat).every(({ delivery }) => delivery.kind === 'sent'));
  await world.advance(1_000);
  while (run.chat.room.value?.hasOlder) {
    run.chat.loadOlder();
    await world.advance(50);
  }
}

function messages(chat: Chat): Message[] {
  return (chat.room.value?.timeline ?? []).filter((item) => item.kind === 'message');
}

function shown(chat: Chat): string[] {
  return messages(chat).map(({ content }) => (content.kind === 'text' ? content.body : '?'));
}

function keys(chat: Chat): string[] {
  return messages(chat).map(({ key }) => key);
}
