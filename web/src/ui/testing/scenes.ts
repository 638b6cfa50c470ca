// Ready-made situations to look at.

import type { FakeChat } from './fake.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function playScene(chat: FakeChat, scene: string): void {
  switch (scene) {
    case 'taken':
      chat.joinAnswer = {
        ok: false,
        refusal: { text: 'Username is in use!', field: 'nick', suggestions: ['ann2', 'ann_'] },
      };
      return;
    case 'join':
      return;
    case 'empty':
      chat.enter('lobby', 'Ann Lee');
      return;
    case 'crowd':
      chat.enter(
        'lobby',
        'Ann Lee',
        Array.from({ length: 5_000 }, (_, i) => `Somebody ${i + 1}`),
      );
      return;
    case 'long':
      talk(chat);
      chat.olderLeft = 2_000;
      chat.change(() => ({ hasOlder: true }));
      return;
    case 'trouble':
      talk(chat);
      moves(chat);
      chat.connection.value = { kind: 'reconnecting', retryAt: Date.now() + 30_000 };
      trouble(chat);
      return;
    case 'moves':
      talk(chat);
      moves(chat);
      return;
    case 'rich':
      talk(chat);
      rich(chat);
      return;
    case 'rooms':
      rooms(chat);
      return;
    default:
      talk(chat);
  }
}

function moves(chat: FakeChat): void {
  const now = Date.now();
  const [udp, tcp] = ['WebTransport', 'WebSocket'] as const;
  chat.moves.value = [
    { at: now - 27 * HOUR, from: udp, to: udp, reason: 'Network', gapMs: 7.4 * HOUR, failures: 0 },
    { at: now - 95 * MINUTE, from: udp, to: udp, reason: 'Told', gapMs: 2_140, failures: 0 },
    { at: now - 61 * MINUTE, from: udp, to: tcp, reason: 'Stalled', gapMs: 1_180, failures: 0 },
    { at: now - 60.4 * MINUTE, from: tcp, to: udp, reason: 'Better', gapMs: 48, failures: 0 },
    { at: now - 43 * MINUTE, from: udp, to: tcp, reason: 'Lost', gapMs: 14_600, failures: 5 },
    { at: now - 42 * MINUTE, from: tcp, to: udp, reason: 'Better', gapMs: 61, failures: 0 },
  ];
}

function talk(chat: FakeChat): void {
  chat.enter('lobby', 'Ann Lee', ['Björn', 'Chidi Okafor', 'dana', 'Élise Martin', '松本 ゆき']);
  chat.change(() => ({ timeline: [] }));
  const now = Date.now();
  const day = now - 26 * HOUR;
  chat.says('Björn', 'Has anybody seen the new timetable for the ferry? The one on the quay is from last spring.', day);
  chat.says('Élise Martin', 'Yes! It is here: https://example.org/ferries/timetable?season=winter', day + MINUTE);
  chat.says('Élise Martin', 'Last boat is at 19:40 now, not 20:10.', day + 2 * MINUTE);
  chat.says('Björn', 'Thank you. That would have been a cold swim.', day + 9 * MINUTE);
  chat.says('Chidi Okafor', '😄', day + 10 * MINUTE);
  chat.line('松本 ゆき has joined!', now - 3 * HOUR, { kind: 'joined', nick: '松本 ゆき' });
  chat.says('松本 ゆき', 'おはようございます。今日は会議が何時からでしたか？', now - 3 * HOUR + MINUTE);
  chat.says('dana', 'Ten, in the small room.\nBring coffee:\n  - two with milk\n  - one without', now - 2 * HOUR);
  chat.says('dana', 'And the plans, please.', now - 2 * HOUR + MINUTE);
  chat.says(
    'Ann Lee',
    'On my way. The tram is late, of course, so start without me if it gets to five past.',
    now - 40 * MINUTE,
  );
  chat.change((room) => ({
    timeline: [
      ...room.timeline,
      chat.make('Ann Lee', { kind: 'location', latitude: 52.52, longitude: 13.405 }, { at: now - 39 * MINUTE }),
    ],
  }));
  chat.says('Chidi Okafor', 'We will wait. It is not as if anybody has read the minutes.', now - 30 * MINUTE);
  chat.says(
    'Björn',
    '<img src=x onerror=alert(1)> is what the old chat showed as a broken picture, by the way',
    now - 12 * MINUTE,
  );
  chat.says('Élise Martin', 'مرحبا بالجميع', now - 4 * MINUTE);
  chat.change((room) => ({ typing: room.members.slice(0, 2) }));
}

function trouble(chat: FakeChat): void {
  const failed = { kind: 'failed', reason: { text: 'No answer came. The message is kept here.' } } as const;
  const content = { kind: 'text', body: 'Can somebody open the door downstairs?' } as const;
  const waiting = { kind: 'text', body: 'I can see you through the window' } as const;
  chat.change((room) => ({
    timeline: [
      ...room.timeline,
      chat.make('Ann Lee', content, { delivery: failed, seq: 0 }),
      chat.make('Ann Lee', waiting, { delivery: { kind: 'pending' }, seq: 0 }),
    ],
  }));
}

/** An edit, a deletion, an answer, reactions, an edit under way and one refused. */
function rich(chat: FakeChat): void {
  const now = Date.now();
  const [first, second] = ['👍', '🎉'] as const;
  const asked = chat.says(
    'Björn',
    'Shall we say **noon** at the `quay`, then? ||It is a surprise.||',
    now - 9 * MINUTE,
    {
      edited: now - 8 * MINUTE,
      reactions: [
        { emoji: first, count: 3, mine: true, nicks: ['dana', 'Ann Lee', 'Élise Martin'] },
        { emoji: second, count: 1, mine: false, nicks: ['Chidi Okafor'] },
      ],
    },
  );
  const target = { nick: asked.nick, mine: false, content: asked.content };
  chat.says('dana', 'Noon is fine. @Ann Lee, you too?', now - 7 * MINUTE, { reply: { seq: asked.seq, target } });
  chat.change((room) => ({
    timeline: [...room.timeline, chat.make('dana', { kind: 'deleted' }, { at: now - 6 * MINUTE })],
  }));
  chat.says('Élise Martin', 'What was that about?', now - 5 * MINUTE, {
    reply: { seq: asked.seq + 2, target: { nick: 'dana', mine: false, content: { kind: 'deleted' } } },
  });
  chat.says('Chidi Okafor', 'Who asked?', now - 4 * MINUTE, { reply: { seq: 7, target: null } });
  chat.says('Ann Lee', 'Make it half past', now - 3 * MINUTE, {
    amending: { kind: 'edit', body: 'Make it half past', failed: null },
  });
  chat.says('Ann Lee', 'And I bring cake', now - 2 * MINUTE, {
    amending: { kind: 'edit', body: 'And I bring damn cake', failed: { text: 'Profanity is not allowed!' } },
  });
  chat.line('Björn has set the topic: Ferries and swimming', now - MINUTE, {
    kind: 'topic',
    nick: 'Björn',
    text: 'Ferries and swimming',
  });
  chat.change((room) => ({
    topic: 'Ferries and swimming',
    members: room.members.map((member) => ({ ...member, away: member.nick === 'dana' })),
  }));
}

/** Many rooms: public, private, direct; unread ones, mentions, and one that is not joined again yet. */
function rooms(chat: FakeChat): void {
  for (const [name, kind] of [
    ['Gardening', 'public'],
    ['A room with a rather long name, because somebody could not decide', 'public'],
    ['Surprise party', 'private'],
    ['Björn', 'direct'],
    ['dana', 'direct'],
  ] as const) {
    chat.enter(name, 'Ann Lee', kind === 'direct' ? [name] : ['Björn', 'dana']);
    chat.change(() => ({ kind, invitation: kind === 'private' ? `${location.origin}/i#AAAA.${name}` : null }));
    chat.says('Björn', `This is ${name}.`);
  }
  talk(chat);
  rich(chat);
  chat.mark('gardening', { unread: 12, exact: false });
  chat.mark('surprise party', { unread: 3, mentions: 1 });
  chat.mark('björn', { unread: 128, mentions: 128, exact: false });
  chat.mark('dana', { joined: false });
  chat.publicRooms = [
    { name: 'lobby', topic: 'Ferries and swimming', members: 6 },
    { name: 'Gardening', topic: '', members: 3 },
    { name: 'Late night trains', topic: 'Where they go, and whether', members: 1 },
  ];
  chat.hits = (chat.room.peek()?.timeline ?? []).flatMap((item) =>
    item.kind === 'message' && item.content.kind === 'text' ? [{ room: 'lobby', roomName: 'lobby', ...item }] : [],
  );
}
