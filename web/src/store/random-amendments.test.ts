// Whatever happens to the connection and the pages, while everybody, one person from two tabs, writes, edits, deletes, reacts
// and reads in several rooms: what both tabs show in the end is what the log holds, everything once, and the same is read
// (K3, X12, L15, L17, R1).

import { expect, test } from 'vitest';
import { Company, messages, type Person } from '../testing/people.ts';
import { seeded } from '../testing/world.ts';
import type { Chat, Message } from './types.ts';

const RUNS = 25;
const STEPS = 90;
/** On a machine that is busy with much else. */
const SLOW_MACHINE_MS = 120_000;
const ROOMS = ['lobby', 'attic', 'garden'] as const;

interface Run {
  readonly company: Company;
  readonly random: () => number;
  /** How many messages were written in each room. */
  readonly said: Map<string, number>;
  /** The tabs, and the one in which one is. */
  readonly tabs: [Person, Person];
  at: 0 | 1;
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))(
  'over random faults several rooms converge to what was written, edited, deleted and reacted (%i)',
  async (seed) => {
    const random = seeded(seed + 7_000);
    const company = new Company(random);
    company.server.page = 12;
    company.server.throttle = () => random() < 0.05;
    const first = await company.comes('ann', ...ROOMS);
    const second = company.sit(company.world.tab(first.tab.device));
    await company.enters(second, 'ann', 'lobby');
    const run: Run = { company, random, said: new Map(), tabs: [first, second], at: 0 };
    for (let step = 0; step < STEPS; step += 1) {
      await STEP[Math.floor(random() * STEP.length)]?.(run);
      await company.world.advance(Math.floor(random() * 300));
    }
    await calm(run);
    for (const room of ROOMS) {
      await verify(run, room);
    }
  },
  SLOW_MACHINE_MS,
);

function here({ tabs, at }: Run): Person {
  return tabs[at];
}

function pick<T>({ random }: Run, all: readonly T[]): T | undefined {
  return all[Math.floor(random() * all.length)];
}

/** One of the messages on the page that have a place in the log. */
function some(run: Run, mine: boolean): Message | undefined {
  const all = messages(here(run).chat).filter((message) => message.seq > 0 && (message.mine || !mine));
  return pick(run, all);
}

// What becomes of all of these is looked up in the log at the end.

function say(run: Run): void {
  const { chat } = here(run);
  const { room } = chat;
  if (room.value !== null) {
    const { id } = room.value;
    const count = run.said.get(id) ?? 0;
    run.said.set(id, count + 1);
    const body = `mine ${run.at}.${String(count).padStart(3, '0')}`;
    void chat.send({ kind: 'text', body }, run.random() < 0.3 ? some(run, false)?.seq : undefined);
  }
}

function edit(run: Run): void {
  const message = some(run, true);
  if (message?.content.kind === 'text') {
    const [mine, count] = message.content.body.split(' ');
    const text = `${mine} ${count} edited ${Math.floor(run.company.world.now)}`;
    void here(run).chat.edit(message.seq, run.random() < 0.1 ? `${text} damn` : text);
  }
}

function remove(run: Run): void {
  const message = some(run, true);
  if (message !== undefined) {
    void here(run).chat.remove(message.seq);
  }
}

function react(run: Run): void {
  const message = some(run, false);
  if (message !== undefined) {
    void here(run).chat.react(message.seq, pick(run, ['👍', '🎉']) ?? '', run.random() < 0.7);
  }
}

/** Somebody else writes, edits, deletes and reacts. */
function others(run: Run): void {
  const { server, world } = run.company;
  const room = pick(run, ROOMS) ?? '';
  const entries = server.rooms.get(room)?.log.entries ?? [];
  const target = pick(run, entries);
  server.post(room, `theirs ${world.now}`);
  if (target?.content.kind === 'Text') {
    server.commit(room, { kind: 'React', of: target.seq, emoji: '👍', on: run.random() < 0.6 });
    if (target.author === 99) {
      const body = `theirs, edited ${world.now}`;
      const { seq: of } = target;
      server.commit(room, run.random() < 0.7 ? { kind: 'Edit', of, body } : { kind: 'Delete', of });
    }
  }
}

async function reload(run: Run): Promise<void> {
  await run.company.world.advance(10); // what is written at the very moment of a reload is too late to be kept
  const { tab, close } = here(run);
  close();
  run.tabs[run.at] = run.company.sit(tab);
  void here(run).chat.join({ kind: 'public', name: 'lobby' }, 'ann'); // the end of the run waits for the rooms
  await run.company.world.advance(100);
}

function elsewhere(run: Run): void {
  here(run).chat.activate(pick(run, ROOMS) ?? '');
}

function otherTab(run: Run): void {
  run.at = run.at === 0 ? 1 : 0;
}

function read(run: Run): void {
  const { chat } = here(run);
  chat.markRead(Math.floor(run.random() * (chat.room.value?.head ?? 0)));
}

const STEP: readonly ((run: Run) => unknown)[] = [
  say,
  say,
  say,
  say,
  edit,
  edit,
  remove,
  react,
  react,
  others,
  others,
  others,
  elsewhere,
  elsewhere,
  reload,
  otherTab,
  otherTab,
  read,
  read,
  read,
  (run) => run.company.world.cut(),
  (run) => run.company.world.advance(12_000),
  (run) => here(run).chat.loadOlder(),
  (run) => here(run).chat.loadNewer(),
  (run) => void here(run).chat.jump({ seq: 1 + Math.floor(run.random() * 60) }),
  (run) => void here(run).chat.jump('end'),
  (run) => {
    run.company.world.tcp = run.company.world.tcp === 'works' ? 'closed' : 'works';
  },
  (run) => {
    run.company.world.udp = run.company.world.udp === 'works' ? 'drops' : 'works';
  },
];

/** Everything works again. */
async function calm({ company: { world, server }, tabs }: Run): Promise<void> {
  world.udp = 'works';
  world.tcp = 'works';
  server.throttle = () => false;
  await world.cut();
  for (const { chat } of tabs) {
    await world.until(() => chat.connection.value.kind === 'live' && chat.rooms.value.length === ROOMS.length);
    await world.until(() => chat.rooms.value.every(({ joined }) => joined));
  }
  await world.advance(15_000);
}

async function verify({ company: { world, server }, tabs, said }: Run, room: string): Promise<void> {
  const log = (server.rooms.get(room)?.log.entries ?? []).filter(
    ({ content: { kind } }) => kind === 'Text' || kind === 'Deleted',
  );
  const truth = log.map(({ seq, content, edited, reactions }) => ({
    ...{ seq, edited, text: content.kind === 'Text' ? content.body : null },
    reactions: reactions.map(({ emoji, by }) => [emoji, by.map(({ nick }) => nick)]),
  }));
  for (const { chat } of tabs) {
    chat.activate(room);
    await chat.jump('end');
    while (chat.room.value?.hasOlder) {
      chat.loadOlder();
      await world.advance(50);
    }
    expect(seen(chat)).toEqual(truth);
    expect(chat.room.value?.members.map(({ nick }) => nick)).toEqual(['ann']);
    expect(chat.room.value?.readUpTo).toBe(server.rooms.get(room)?.read.get(chat.room.value?.you ?? 0) ?? 0);
    expect(messages(chat).every((message) => message.mine === (message.author !== 99))).toBe(true);
  }
  const mine = log.filter(({ author }) => author !== 99);
  expect(mine).toHaveLength(said.get(room) ?? 0);
  const told = mine.flatMap(({ content }) => (content.kind === 'Text' ? (content.body.split(' ')[1] ?? '') : []));
  for (const tab of ['0.', '1.']) {
    const numbers = told.filter((number) => number.startsWith(tab));
    expect(numbers).toEqual([...new Set(numbers)].sort());
  }
}

function seen(chat: Chat) {
  return messages(chat).map(({ seq, content, edited, reactions }) => ({
    ...{ seq, edited, text: content.kind === 'text' ? content.body : null },
    reactions: reactions.map(({ emoji, nicks }) => [emoji, nicks]),
  }));
}
