import { expect, test } from 'vitest';
import { Client, connect, JoinError, newRoomKey, type Room, type RoomEvent, SendError } from './lib.ts';
import { FakeServer } from './testing/server.ts';
import { World } from './testing/world.ts';

async function joined(): Promise<{ world: World; server: FakeServer; client: Client; room: Room; heard: RoomEvent[] }> {
  const server = new FakeServer();
  const world = new World(server);
  const client = connect({ environment: world.tab().environment() });
  const heard: RoomEvent[] = [];
  const joining = client.join('lobby', 'ann', (event) => heard.push(event));
  await world.until(() => heard.some(({ kind }) => kind === 'joined'));
  return { world, server, client, room: await joining, heard };
}

test('a send resolves on the acknowledgement, over a lost connection', async () => {
  const { world, server, room } = await joined();
  await world.cut();
  const sent = room.send('hello');
  await world.advance(1_000);
  await sent;
  expect(server.texts('lobby')).toEqual(['hello']);
});

test('a refused send rejects with the reason', async () => {
  const { world, room } = await joined();
  const sent = room.send('damn').catch((error: unknown) => error);
  await world.advance(100);
  expect(await sent).toMatchObject({ name: SendError.name, kind: 'refused', message: 'Profanity is not allowed!' });
});

test('what is taken back before it is on its way is never said', async () => {
  const { world, server, room } = await joined();
  await world.cut();
  const change = new AbortController();
  const sent = room.send('never', change.signal).catch((error: unknown) => error);
  change.abort('no');
  expect(await sent).toBe('no');
  await world.advance(1_000);
  expect(server.texts('lobby')).toEqual([]);
});

test('a refused join rejects, with free names', async () => {
  const { world } = await joined();
  const other = connect({ environment: world.tab().environment() });
  const error = other.join('lobby', 'ann', () => undefined).catch((error: unknown) => error);
  await world.advance(500);
  expect(await error).toMatchObject({ name: JoinError.name, suggestions: ['ann2'] });
});

test('closing says goodbye, and nothing is heard after it', async () => {
  const { world, server, client, heard } = await joined();
  client.close();
  const before = heard.length;
  server.post('lobby', 'still there?');
  await world.advance(5_000);
  expect(heard.length).toBe(before);
  expect(server.heard.at(-1)).toEqual({ kind: 'Bye' });
  expect(world.carriers.size).toBe(0);
  expect(client.status.kind).toBe('closed');
});

test('a signal ends the session without leaving', async () => {
  const life = new AbortController();
  const world = new World(new FakeServer());
  const client = new Client({ environment: world.tab().environment(), signal: life.signal });
  await world.until(() => client.status.kind === 'live');
  life.abort();
  await world.advance(10_000);
  expect(client.status.kind).toBe('closed');
  expect(world.carriers.size).toBe(0);
});

test('what was said can be changed, answered, marked and taken back, and others hear of it', async () => {
  const { world, server, room, heard } = await joined();
  const sent = [room.send('helo'), room.edit(1, 'hello'), room.reply(1, 'to myself'), room.react(1, '👍')];
  await world.advance(500);
  await Promise.all(sent);
  const [first] = server.rooms.get('lobby')?.log.entries ?? [];
  expect(first).toMatchObject({ content: { body: 'hello' }, reactions: [{ emoji: '👍', by: [{ nick: 'ann' }] }] });
  const last = [room.delete(1), room.setTopic('Greetings')];
  await world.advance(500);
  await Promise.all(last);
  expect(server.texts('lobby')).toEqual(['to myself']);
  const kinds = heard.flatMap((event) => (event.kind === 'entry' ? [event.told.entry.content.kind] : []));
  expect(kinds).toEqual(['Text', 'Edit', 'Text', 'React', 'Delete', 'Topic']);
});

test('pages, single entries and searches are answered by the number of the question', async () => {
  const { world, room, heard } = await joined();
  const sent = ['one', 'two', 'three'].map((text) => room.send(text));
  await world.advance(200);
  await Promise.all(sent);
  const asks = [room.history({ kind: 'Around', seq: 2 }), room.look([3, 1, 9]), room.search('two')];
  await world.advance(200);
  const answers = heard.flatMap((event) => {
    switch (event.kind) {
      case 'history':
      case 'looked':
        return [[event.ask, event.entries.map(({ entry }) => entry.seq)]];
      case 'found':
        return [[event.ask, event.hits.map(({ seq }) => seq)]];
      default:
        return [];
    }
  });
  expect(answers).toEqual([
    [asks[0], [1, 2, 3]],
    [asks[1], [1, 3]],
    [asks[2], [2]],
  ]);
});

test('a private room is joined by its key, and in no list', async () => {
  const { world, client } = await joined();
  const [key, heard] = [newRoomKey(), [] as RoomEvent[]];
  const joining = client.join({ key, name: 'hideout' }, 'ann', (event) => heard.push(event));
  await world.until(() => heard.some(({ kind }) => kind === 'joined'));
  await joining;
  const rooms = client.rooms();
  await world.advance(100);
  expect((await rooms)?.map(({ name }) => name)).toEqual(['lobby']);
});
