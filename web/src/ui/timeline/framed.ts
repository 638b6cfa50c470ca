// The timeline, at most once a frame: a flood of messages is one change of the page, not hundreds. And seldomer where a
// change costs much, so that the page has most of its time for whoever types. Nothing waits while the page is hidden, when
// there are no frames.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Chat, TimelineItem } from '../../store/types.ts';
import { fresh } from './window.ts';

const NONE: readonly TimelineItem[] = [];
/** A change that costs less than most of a frame drops none. */
const CHEAP_MS = 12;
/** The page rests so many times as long as a change has cost: of a flood, and of what people say. */
const REST = 5;
const SHORT_REST = 1;
/** More new rows than people say between two frames. */
const MANY = 10;
/** However slow a machine is, what is said is to be seen. */
const LONGEST_REST_MS = 500;

/** Of the room that is open now; another room does not come into it. Ends with the abort signal. */
export function framedTimeline(chat: Chat, gone: AbortSignal): ReadonlySignal<readonly TimelineItem[]> {
  const id = chat.room.peek()?.id;
  const shown = signal(chat.room.peek()?.timeline ?? NONE);
  const pace = new Pace();
  let frame = 0;
  const take = () => {
    const room = chat.room.peek();
    if (room !== null && room.id === id) {
      shown.value = room.timeline;
    }
  };
  const draw = () => {
    frame = 0;
    if (pace.rests(restFor(chat.room.peek()?.timeline ?? NONE, shown.peek()))) {
      frame = requestAnimationFrame(draw);
    } else if (shown.peek() !== chat.room.peek()?.timeline) {
      pace.begin();
      take();
    }
  };
  const stop = chat.room.subscribe(() => {
    if (document.hidden) {
      take();
    } else if (frame === 0) {
      frame = requestAnimationFrame(draw);
    }
  });
  const onVisibility = () => take();
  document.addEventListener('visibilitychange', onVisibility);
  gone.addEventListener('abort', () => {
    stop();
    cancelAnimationFrame(frame);
    pace.end();
    document.removeEventListener('visibilitychange', onVisibility);
  });
  return shown;
}

/** What somebody has just written, or scrolled to, does not wait at all. */
function restFor(timeline: readonly TimelineItem[], shown: readonly TimelineItem[]): number {
  const last = timeline.at(-1);
  const isOwn = last?.kind === 'message' && last.delivery.kind === 'pending';
  if (isOwn || timeline[0] !== shown[0]) {
    return 0;
  }
  return fresh(shown, timeline) > MANY ? REST : SHORT_REST;
}

/** How long changes take, and whether the page rests from the last one. */
class Pace {
  readonly #channel = new MessageChannel();
  #began = 0;
  #ended = 0;
  /** Of the last change. */
  #cost = 0;

  constructor() {
    this.#channel.port1.onmessage = () => {
      this.#ended = performance.now();
      this.#cost = this.#ended - this.#began;
    };
  }

  /** Whether less time has gone than so many times what the last change has cost. */
  rests(times: number): boolean {
    const rest = this.#cost < CHEAP_MS ? 0 : Math.min(LONGEST_REST_MS, this.#cost * times);
    return performance.now() < this.#ended + rest;
  }

  /** A change begins within a frame; what is told after it is told when the frame is laid out and painted. */
  begin(): void {
    this.#began = performance.now();
    this.#channel.port2.postMessage(null);
  }

  end(): void {
    this.#channel.port1.close();
  }
}
