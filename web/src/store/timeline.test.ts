// How much of a room is held, wherever one reads.

import { expect, test } from 'vitest';
import type { Told } from '../session/room-events.ts';
import { type Page, Timeline } from './timeline.ts';

const HOUR = 3_600_000;
const HEAD = 13_000;
/** The bounds that are promised: what is shown, and what is not. */
const SHOWN = 10_000;
const UNSEEN = 600;

const told = (seq: number): Told => {
  const content = { kind: 'Text', body: `m${seq}`, reply: null } as const;
  const entry = { seq, at: seq, author: 9, number: 0, nick: 'bob', content, edited: null, reactions: [], seat: 9 };
  return { id: null, entry };
};

function page(from: number, to: number): Page {
  const entries = Array.from({ length: to - from + 1 }, (_, i) => told(from + i));
  return { entries, more: from > 1, asOf: HEAD };
}

/** On a machine that is busy with much else. */
const SLOW_MACHINE_MS = 60_000;

const seqs = (timeline: Timeline): number[] => timeline.items().map((item) => (item.kind === 'message' ? item.seq : 0));

function expectGapless(timeline: Timeline): void {
  const all = seqs(timeline);
  expect(all).toEqual(all.map((_, i) => (all[0] ?? 0) + i));
}

function busy(open: boolean): Timeline {
  const timeline = new Timeline();
  for (let seq = 1; seq <= HEAD; seq += 1) {
    timeline.append([told(seq)], null);
    if (open) {
      timeline.trim(HOUR);
    } else {
      timeline.restTrim();
    }
  }
  return timeline;
}

// R2
test(
  'at the end of a busy room only the newest are held',
  () => {
    const timeline = busy(true);
    expect(timeline.items().length).toBeLessThanOrEqual(SHOWN);
    expect(timeline.held).toBe(timeline.items().length);
    expect(seqs(timeline).at(-1)).toBe(HEAD);
    expect(timeline.shown.hasOlder).toBe(true);
    expectGapless(timeline);
  },
  SLOW_MACHINE_MS,
);

// R2
test(
  'of a room that nobody looks at hardly anything is held',
  () => {
    expect(busy(false).held).toBeLessThanOrEqual(UNSEEN);
    const left = busy(true);
    left.rest();
    expect(left.held).toBeLessThanOrEqual(UNSEEN);
  },
  SLOW_MACHINE_MS,
);

// R2, L6
test(
  'reading back through all of it, and forth again, holds no more',
  () => {
    const timeline = busy(true);
    for (let oldest = seqs(timeline)[0] ?? 1; oldest > 1; oldest = seqs(timeline)[0] ?? 1) {
      timeline.prepend(timeline.shown, page(Math.max(1, oldest - 400), oldest - 1), HOUR);
      timeline.trim(HOUR);
      expect(timeline.held).toBeLessThanOrEqual(SHOWN + UNSEEN);
    }
    expect([seqs(timeline)[0], timeline.shown.hasOlder, timeline.isApart]).toEqual([1, false, true]);
    expectGapless(timeline);
    while (timeline.isApart) {
      const newest = timeline.shown.newest ?? 0;
      timeline.extend(timeline.shown, page(newest + 1, Math.min(HEAD, newest + 400)));
      expect(timeline.held).toBeLessThanOrEqual(SHOWN + UNSEEN);
    }
    expectGapless(timeline);
    expect(seqs(timeline).at(-1)).toBe(HEAD);
  },
  SLOW_MACHINE_MS,
);

test(
  'what comes while one reads further up does not move it, and is there at the end',
  () => {
    const timeline = busy(true);
    timeline.land(page(100, 199));
    for (let seq = HEAD + 1; seq <= HEAD + 2_000; seq += 1) {
      timeline.append([told(seq)], null);
      timeline.trim(HOUR);
    }
    expect(seqs(timeline)).toEqual(seqs(timeline).map((_, i) => 100 + i));
    timeline.goToEnd();
    expect(seqs(timeline).at(-1)).toBe(HEAD + 2_000);
    expectGapless(timeline);
  },
  SLOW_MACHINE_MS,
);
