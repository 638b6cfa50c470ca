import { expect, test } from 'vitest';
import { seeded } from '../testing/world.ts';
import { type Beat, Heartbeat } from './heartbeat.ts';
import { RoundTrip } from './round-trip.ts';

/** A heart in virtual time, whose pings are answered, or not. */
class Watch {
  readonly rtt = new RoundTrip(50);
  readonly heart: Heartbeat;
  now = 0;
  /** Null: nothing comes any more. */
  answersAfter: number | null = 50;
  readonly beats: { readonly at: number; readonly beat: Beat }[] = [];
  readonly #answers: { readonly at: number; readonly asked: number }[] = [];
  /** Timers ring at the next multiple of this. */
  throttle = 1;

  constructor(visible = true) {
    this.heart = new Heartbeat(this.rtt, 0, visible);
  }

  advance(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const due = this.heart.due;
      const rings = Math.ceil(Math.max(due, this.now) / this.throttle) * this.throttle;
      const answer = this.#answers[0];
      if (Math.min(rings, answer?.at ?? rings) > end || this.stalledAt !== null) {
        break;
      }
      if (answer !== undefined && answer.at <= rings) {
        this.#answers.shift();
        this.now = Math.max(this.now, answer.at);
        this.rtt.sample(this.now - answer.asked);
        this.heart.heard(this.now, 'control', false);
      } else {
        this.now = rings;
        this.note(this.heart.look(this.now, due));
      }
    }
    this.now = end;
    return this;
  }

  note(beats: readonly Beat[]): void {
    for (const beat of beats) {
      this.beats.push({ at: this.now, beat });
      if (beat === 'ping' && this.answersAfter !== null) {
        this.#answers.push({ at: this.now + this.answersAfter, asked: this.now });
      }
    }
  }

  get stalledAt(): number | null {
    return this.at('stalled')[0] ?? null;
  }

  at(beat: Beat): number[] {
    return this.beats.filter((one) => one.beat === beat).map(({ at }) => at);
  }

  hears(frames: number): this {
    for (let n = 0; n < frames; n += 1) {
      this.heart.heard(this.now, 'room', false);
    }
    return this;
  }
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'a quiet connection that stalls at any moment is noticed within five seconds (%i)',
  (seed) => {
    const watch = new Watch().advance(Math.floor(10_000 + seeded(seed)() * 10_000));
    const cut = watch.now;
    watch.answersAfter = null;
    watch.advance(10_000);
    expect((watch.stalledAt ?? Number.POSITIVE_INFINITY) - cut).toBeLessThanOrEqual(5_000);
  },
);

test('a quiet connection that answers is asked now and then, and left alone', () => {
  const watch = new Watch().advance(60_000);
  expect(watch.at('hedge')).toEqual([]);
  expect(watch.stalledAt).toBeNull();
  expect(watch.at('ping').length).toBeLessThanOrEqual(25);
});

test('who waits for an answer asks soon, has a second carrier dialled, and gives up early', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.heart.spoke(watch.now);
  watch.advance(5_000);
  expect(watch.at('ping')).toEqual([550, 1_050]);
  expect(watch.at('hedge')).toEqual([700]);
  expect(watch.stalledAt).toBe(1_550);
});

test('with a second carrier at hand there is less to wait for', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.heart.spoke(watch.now);
  watch.advance(700);
  watch.heart.secondIs('open');
  watch.advance(5_000);
  expect(watch.stalledAt).toBe(1_150);
});

test('a second carrier that fails is not sought again in the same silence', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.heart.spoke(watch.now);
  watch.advance(700);
  watch.heart.secondIs('none');
  watch.advance(5_000);
  expect(watch.at('hedge').length).toBe(1);
  expect(watch.stalledAt).toBe(1_550);
});

test('a stream of frames that stops is a reason to ask; single frames are not', () => {
  const [stream, single] = [new Watch().advance(100).hears(5), new Watch().advance(100).hears(1)];
  stream.advance(500);
  expect(stream.at('ping')).toEqual([550]);
  single.advance(1_000);
  expect(single.at('ping')).toEqual([]);
});

test('a stream is forgotten soon: its end is not a reason to ask for ever', () => {
  const watch = new Watch().advance(100).hears(50).advance(20_000);
  expect(watch.at('ping').length).toBeLessThanOrEqual(12);
});

test('answers that are still to come keep it alert, whatever else is heard', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.heart.heard(watch.now, 'room', true);
  watch.advance(5_000);
  expect(watch.at('ping')[0]).toBe(550);
  expect(watch.stalledAt).toBe(1_550);
});

test('who begins to wait while a ping is unanswered waits no longer than others', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.advance(2_500);
  expect(watch.at('ping')[0]).toBe(2_500);
  watch.heart.spoke(watch.now);
  watch.advance(5_000);
  expect(watch.stalledAt).toBe(3_500);
});

test.each([300, 1_000, 2_000, 3_500])('on a network with a round trip of %i ms nobody is given up', (rtt) => {
  const watch = new Watch();
  watch.answersAfter = rtt;
  watch.rtt.sample(rtt);
  watch.note(watch.heart.wake(0));
  const random = seeded(rtt);
  for (let step = 0; step < 300; step += 1) {
    watch.advance(random() * 2_000);
    watch.heart.spoke(watch.now);
  }
  expect(watch.stalledAt).toBeNull();
  expect(watch.at('hedge')).toEqual([]);
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'on a network whose round trip is now 100 ms and now 1.5 s nobody is given up (%i)',
  (seed) => {
    const random = seeded(seed);
    const watch = new Watch();
    watch.rtt.sample(1_500);
    for (let step = 0; step < 300; step += 1) {
      watch.answersAfter = random() < 0.6 ? 100 : 1_500;
      watch.advance(random() * 3_000);
    }
    expect(watch.stalledAt, `seed ${seed}`).toBeNull();
  },
);

test.each([1_000, 60_000])('timers that ring every %i ms only, in the background, are no silence', (throttle) => {
  const watch = new Watch(false);
  watch.throttle = throttle;
  watch.advance(3_600_000);
  expect(watch.stalledAt).toBeNull();
  expect(watch.at('ping').length).toBeGreaterThan(20);
});

test.each([1_000, 60_000])('... but silence is noticed even so, with timers every %i ms', (throttle) => {
  const watch = new Watch(false);
  watch.throttle = throttle;
  watch.advance(300_000);
  watch.answersAfter = null;
  watch.advance(600_000);
  expect(watch.stalledAt).not.toBeNull();
});

test('what came while the page was too busy to look is no silence', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.heart.spoke(watch.now);
  watch.advance(460);
  const { due } = watch.heart;
  watch.now += 3_000;
  watch.note(watch.heart.look(watch.now, due));
  expect(watch.stalledAt).toBeNull();
  watch.heart.heard(watch.now + 10, 'room', false);
  watch.answersAfter = 50;
  watch.advance(10_000);
  expect(watch.stalledAt).toBeNull();
});

test('sleep is forgiven once: a connection that did not survive it is given up within a second', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  watch.advance(2_600);
  const { due } = watch.heart;
  watch.now += 3_600_000;
  const woke = watch.now;
  watch.note(watch.heart.look(watch.now, due));
  watch.advance(5_000);
  expect((watch.stalledAt ?? 0) - woke).toBeLessThanOrEqual(1_000);
});

test('a laptop that slept between two pings asks at once and urgently', () => {
  const watch = new Watch().advance(100);
  watch.answersAfter = null;
  const { due } = watch.heart;
  watch.now += 3_600_000;
  const woke = watch.now;
  watch.note(watch.heart.look(watch.now, due));
  expect(watch.at('ping')).toEqual([woke]);
  watch.advance(5_000);
  expect(watch.stalledAt).toBe(woke + 1_000);
});

test('who looks again asks at once, and what was asked before counts no more', () => {
  const watch = new Watch(false).advance(16_000);
  watch.answersAfter = null;
  watch.advance(15_500);
  watch.heart.visible = true;
  const looked = watch.now;
  watch.note(watch.heart.wake(looked));
  watch.advance(10_000);
  expect(watch.stalledAt).toBe(looked + 1_000);
});

test('pings are rarer while nobody looks', () => {
  expect(new Watch(false).advance(61_000).at('ping')).toEqual([15_000, 30_050, 45_100, 60_150]);
});

test('a clock that is set back is no silence, and stops nothing', () => {
  const watch = new Watch().advance(10_000);
  const { due } = watch.heart;
  watch.now -= 3_600_000;
  watch.note(watch.heart.look(watch.now, due));
  expect(watch.stalledAt).toBeNull();
  expect(watch.heart.due - watch.now).toBeLessThanOrEqual(2_500);
});

test.each(Array.from({ length: 50 }, (_, seed) => seed))(
  'whatever happens, at most two pings a second go out (%i)',
  (seed) => {
    const random = seeded(seed);
    const watch = new Watch(random() < 0.5);
    const happens = [
      () => watch.heart.spoke(watch.now),
      () => watch.heart.heard(watch.now, random() < 0.5 ? 'room' : 'control', random() < 0.5),
      () => watch.note(watch.heart.wake(watch.now)),
      () => watch.heart.secondIs(random() < 0.5 ? 'open' : 'none'),
      () => watch.rtt.sample(random() * 3_000),
      () => {
        watch.answersAfter = random() < 0.3 ? null : random() * 1_000;
      },
    ];
    for (let step = 0; step < 500; step += 1) {
      happens[Math.floor(random() * happens.length)]?.();
      watch.advance(random() * 400);
    }
    const pings = watch.at('ping');
    const gaps = pings.slice(1).map((at, n) => at - (pings[n] ?? 0));
    expect(Math.min(...gaps), `seed ${seed}`).toBeGreaterThanOrEqual(500);
  },
);

test('the usual round trip is the median, and one late answer makes nobody patient', () => {
  const rtt = new RoundTrip(900);
  expect([rtt.usual, rtt.reasonable]).toEqual([null, 1_125]);
  for (const ms of [20, 30, 5_000, 25, 40]) {
    rtt.sample(ms);
  }
  expect([rtt.usual, rtt.reasonable]).toEqual([30, 100]);
  for (const ms of [800, 810, 820, 830]) {
    rtt.sample(ms);
  }
  expect(rtt.reasonable).toBe(1_037.5);
});
