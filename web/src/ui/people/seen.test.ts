import { expect, test } from 'vitest';
import type { LineEvent, TimelineItem } from '../../store/types.ts';
import { lastSeen } from './seen.ts';

const line = (at: number, event: LineEvent): TimelineItem => ({ kind: 'line', key: `${at}`, at, text: '', event });

// P5
test('somebody was last seen leaving, or with the last message, and otherwise one does not know', () => {
  const items = [
    line(1, { kind: 'joined', nick: 'ann' }),
    line(5, { kind: 'left', nick: 'ann' }),
    line(9, { kind: 'notice' }),
  ];
  expect(lastSeen(items, 'ann')).toBe(5);
  expect(lastSeen(items, 'bob')).toBeNull();
});
