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
      chat.connection.value = { kind: 'reconnecting', retryAt: Date.now() + 30_000 };
      trouble(chat);
      return;
    default:
      talk(chat);
  }
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
  chat.line('松本 ゆき has joined!', now - 3 * HOUR);
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
      chat.message('Ann Lee', { kind: 'location', latitude: 52.52, longitude: 13.405 }, { at: now - 39 * MINUTE }),
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
  const failed = { kind: 'failed', reason: 'No answer came. The message is kept here.' } as const;
  const content = { kind: 'text', body: 'Can somebody open the door downstairs?' } as const;
  const waiting = { kind: 'text', body: 'I can see you through the window' } as const;
  chat.change((room) => ({
    timeline: [
      ...room.timeline,
      chat.message('Ann Lee', content, { delivery: failed, seq: 0 }),
      chat.message('Ann Lee', waiting, { delivery: { kind: 'pending' }, seq: 0 }),
    ],
  }));
}
