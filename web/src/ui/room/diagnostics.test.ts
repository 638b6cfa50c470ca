import { expect, test } from 'vitest';
import { diagnosticsOf } from './diagnostics.ts';

test('the diagnostics hold what was measured, and nothing that was said or who said it', () => {
  const text = diagnosticsOf({
    now: 0,
    build: 'abc123',
    browser: 'Browser/1',
    secure: true,
    online: true,
    connection: { kind: 'closed', reason: { text: 'ann said something' } },
    vitals: {
      id: 'ab05',
      server: 'chinwag 1',
      protocol: 1,
      trips: [
        { at: 1, ms: 20, transport: 'WebTransport' },
        { at: 2, ms: 40, transport: 'WebTransport' },
      ],
      answered: 7,
      unanswered: 2,
      resumed: 3,
      missing: { kind: 'failed', text: 'WebTransportError: Opening handshake failed.' },
    },
    moves: [{ at: 5, from: 'WebTransport', to: 'WebSocket', reason: 'Stalled', gapMs: 1_180.4, failures: 1 }],
  });
  for (const part of ['abc123', 'ab05', 'chinwag 1', '7 answered, 2 unanswered', '20 to 40 ms', 'resumed: 3']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('WebTransport -> WebSocket: Stalled, 1180 ms, 1 failed');
  expect(text).toContain('Opening handshake failed');
  expect(text).not.toContain('ann');
});
