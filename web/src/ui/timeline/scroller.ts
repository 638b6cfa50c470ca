// Keeps what is read in its place while the timeline changes around it. The browser's own scroll anchoring is off for
// this element, because only some browsers have it and two correctors fight: before each change the visible rows are
// noted, after it the first that is still there is put back to the pixel.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { TimelineItem } from '../../store/types.ts';
import { isNearEnd, type Metrics, movedByHand, wantsAbove, wantsBelow, wantsOlder } from './place.ts';
import { adopt, EMPTY, type Span, shiftDown, shiftUp, tailOf } from './window.ts';

interface Noted {
  readonly row: Element;
  readonly top: number;
}

/** Rows noted as places to hold on to: the first may go away in the very change that is coming. */
const NOTED_ROWS = 5;

export interface Above {
  readonly hasOlder: () => boolean;
  readonly loadOlder: () => void;
  readonly reachedEnd: () => void;
}

export class Scroller {
  readonly #shifts = signal(0);
  readonly #following = signal(true);
  readonly #above: Above;
  #box: HTMLElement | null = null;
  #items: readonly TimelineItem[] = [];
  #span: Span = EMPTY;
  #noted: Noted[] = [];
  #last: Metrics = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };

  constructor(above: Above) {
    this.#above = above;
  }

  /** Whether new messages scroll into view. */
  get following(): ReadonlySignal<boolean> {
    return this.#following;
  }

  /** Whether the view is at the end at this very moment; scroll events come late. */
  isFollowing(): boolean {
    const box = this.#box;
    const following = this.#following.peek();
    if (box === null || !movedByHand(this.#last, box, following)) {
      return following;
    }
    return this.#showsEnd() && isNearEnd(box);
  }

  /** Watches `box`, whose only child holds the rows; returns what ends it. */
  attach(box: HTMLElement): () => void {
    this.#box = box;
    const onScroll = () => this.#scrolled();
    box.addEventListener('scroll', onScroll, { passive: true });
    const resized = new ResizeObserver(() => this.#settle());
    resized.observe(box);
    for (const child of box.children) {
      resized.observe(child);
    }
    return () => {
      box.removeEventListener('scroll', onScroll);
      resized.disconnect();
      this.#box = null;
    };
  }

  /** The part of `items` to show. Called while rendering, when the document still shows the old one. */
  spanFor(items: readonly TimelineItem[]): Span {
    // Read, so that a shift renders again.
    void this.#shifts.value;
    this.#note();
    if (items !== this.#items) {
      const following = this.isFollowing();
      this.#span = adopt(this.#span, this.#items, items, following);
      this.#items = items;
      this.#follow(following);
    }
    return this.#span;
  }

  /** Called when the document shows what `spanFor` answered. */
  rendered(): void {
    this.#settle();
    this.#lookUp();
  }

  toEnd(): void {
    this.#follow(true);
    if (!this.#showsEnd()) {
      this.#shift(tailOf(this.#items.length));
    }
    this.#settle();
  }

  #showsEnd(): boolean {
    return this.#span.end === this.#items.length;
  }

  #follow(following: boolean): void {
    this.#following.value = following;
    if (following) {
      this.#above.reachedEnd();
    }
  }

  #shift(span: Span): void {
    if (span.start !== this.#span.start || span.end !== this.#span.end) {
      this.#span = span;
      this.#shifts.value += 1;
    }
  }

  #settle(): void {
    const box = this.#box;
    if (box === null) {
      return;
    }
    if (this.#following.peek() && this.#showsEnd()) {
      box.scrollTop = box.scrollHeight;
    } else {
      this.#restore(box);
    }
    this.#last = metricsOf(box);
    this.#note();
  }

  #restore(box: HTMLElement): void {
    const still = this.#noted.find(({ row }) => row.isConnected);
    if (still === undefined) {
      return;
    }
    const moved = still.row.getBoundingClientRect().top - box.getBoundingClientRect().top - still.top;
    if (Math.abs(moved) >= 0.5) {
      box.scrollTop += moved;
    }
  }

  #note(): void {
    const box = this.#box;
    if (box === null) {
      return;
    }
    const rows = [...box.querySelectorAll('[data-row]')];
    const top = box.getBoundingClientRect().top;
    const first = firstBelow(rows, top);
    this.#noted = rows
      .slice(first, first + NOTED_ROWS)
      .map((row) => ({ row, top: row.getBoundingClientRect().top - top }));
  }

  #scrolled(): void {
    const box = this.#box;
    if (box === null) {
      return;
    }
    if (!movedByHand(this.#last, box, this.#following.peek())) {
      this.#settle();
      return;
    }
    this.#last = metricsOf(box);
    this.#follow(this.#showsEnd() && isNearEnd(box));
    this.#note();
    this.#lookUp();
    // Only a hand on the wheel adds rows below: the two directions can never answer each other.
    if (wantsBelow(box) && !this.#showsEnd()) {
      this.#shift(shiftDown(this.#span, this.#items.length));
    }
  }

  #lookUp(): void {
    const box = this.#box;
    if (box === null) {
      return;
    }
    if (this.#span.start > 0) {
      if (wantsAbove(box)) {
        this.#shift(shiftUp(this.#span));
      }
    } else if (wantsOlder(box) && this.#above.hasOlder()) {
      this.#above.loadOlder();
    }
  }
}

function metricsOf({ scrollTop, scrollHeight, clientHeight }: Metrics): Metrics {
  return { scrollTop, scrollHeight, clientHeight };
}

/** The index of the first row whose bottom lies below `top`; rows are in the order of the document. */
function firstBelow(rows: readonly Element[], top: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
