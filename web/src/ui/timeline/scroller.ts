// Keeps what is read in its place while the timeline changes around it. The browser's own scroll anchoring is off for
// this element, because only some browsers have it and two correctors fight: before each change the visible rows are
// noted, after it the first that is still there is put back to the pixel.

import { type ReadonlySignal, signal } from '@preact/signals';
import {
  isNearEnd,
  isTorrent,
  type Metrics,
  movedByHand,
  rowsAtEnd,
  wantsAbove,
  wantsBelow,
  wantsOlder,
} from './place.ts';
import { adopt, around, EMPTY, fresh, type Keyed, type Span, shiftDown, shiftUp, tailOf } from './window.ts';

/** A row by the key of its item, and how far below the top of the view it was. */
interface Noted {
  readonly key: string;
  readonly top: number;
}

/** Rows noted as places to hold on to: the first may go away in the very change that is coming. */
const NOTED_ROWS = 5;
/** How far down the view a message stands that was looked for, as a part of the view. */
const SOUGHT_AT = 0.3;

export interface Above {
  readonly hasOlder: () => boolean;
  readonly loadOlder: () => void;
  readonly reachedEnd: () => void;
}

/** What there is below the timeline when it is not the newest stretch of the room. */
export interface Below {
  readonly hasNewer: () => boolean;
  readonly loadNewer: () => void;
  /** Makes the timeline the newest stretch; false if that cannot be. */
  readonly newest: () => Promise<boolean>;
}

const NOTHING_BELOW: Below = {
  hasNewer: () => false,
  loadNewer: () => undefined,
  newest: () => Promise.resolve(true),
};

interface Sought {
  readonly key: string;
  readonly found: (row: HTMLElement) => void;
}

export class Scroller {
  readonly #shifts = signal(0);
  readonly #following = signal(true);
  readonly #above: Above;
  #below: Below = NOTHING_BELOW;
  #box: HTMLElement | null = null;
  #items: readonly Keyed[] = [];
  #span: Span = EMPTY;
  #noted: readonly Noted[] = [];
  #sought: Sought | null = null;
  /** Rows rush by faster than they can be seen: those above the view can wait until somebody scrolls there. */
  #torrent = false;
  #last: Metrics = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };

  constructor(above: Above) {
    this.#above = above;
  }

  /** Whether new messages scroll into view. */
  get following(): ReadonlySignal<boolean> {
    return this.#following;
  }

  /** Whether the view is at the end at this very moment; scroll events come late. Whoever selects text stays there. */
  isFollowing(): boolean {
    const box = this.#box;
    const following = this.#following.peek();
    if (box === null) {
      return following;
    }
    if (selectsIn(box)) {
      return false;
    }
    return movedByHand(this.#last, box, following) ? this.#atEnd(box) : following;
  }

  /** Watches `box`, whose only child holds the rows; returns what ends it. What was read before is shown again. */
  attach(box: HTMLElement, below: Below = NOTHING_BELOW): () => void {
    this.#box = box;
    this.#below = below;
    this.#settle();
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
      this.#below = NOTHING_BELOW;
    };
  }

  /** The part of `items` to show. Called while rendering, when the document still shows the old one. */
  spanFor(items: readonly Keyed[]): Span {
    // Read, so that a shift renders again.
    void this.#shifts.value;
    this.#catchUp();
    this.#note();
    if (items !== this.#items) {
      const following = this.isFollowing() && !this.#below.hasNewer();
      const { clientHeight } = this.#last;
      this.#torrent = following && isTorrent(clientHeight, fresh(this.#items, items));
      const tail = following ? rowsAtEnd(clientHeight, this.#torrent) : null;
      this.#span = adopt(this.#span, this.#items, items, tail);
      this.#items = items;
      this.#follow(following);
      this.#reach();
    }
    return this.#span;
  }

  /** Called when the document shows what `spanFor` answered. */
  rendered(): void {
    this.#settle();
    if (!this.#torrent) {
      this.#lookUp();
    }
    this.#lookDown();
  }

  toEnd(): void {
    this.#sought = null;
    if (this.#below.hasNewer()) {
      void this.#below.newest().then((there) => there && !this.#below.hasNewer() && this.toEnd());
      return;
    }
    this.#follow(true);
    if (!this.#showsEnd()) {
      this.#shift(tailOf(this.#items.length));
    }
    this.#settle();
  }

  /** Brings the row of this item into view, now or as soon as there is one; tells its element. */
  seek(key: string, found: (row: HTMLElement) => void = () => undefined): void {
    this.#sought = { key, found };
    this.#follow(false);
    this.#reach();
    this.#shifts.value += 1;
    this.#settle();
  }

  /** Widens the part that is shown to what is looked for. */
  #reach(): void {
    const key = this.#sought?.key;
    const index = key === undefined ? -1 : this.#items.findIndex((item) => item.key === key);
    if (index >= 0 && (index < this.#span.start || index >= this.#span.end)) {
      this.#span = around(index, this.#items.length);
    }
  }

  #showsEnd(): boolean {
    return this.#span.end === this.#items.length;
  }

  #atEnd(box: HTMLElement): boolean {
    return this.#showsEnd() && !this.#below.hasNewer() && isNearEnd(box);
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
    if (!this.#found(box)) {
      if (this.#following.peek() && this.#showsEnd()) {
        box.scrollTop = box.scrollHeight;
      } else {
        this.#restore(box);
      }
    }
    this.#last = metricsOf(box);
    this.#note();
  }

  /** Whether what was looked for has just come into view. */
  #found(box: HTMLElement): boolean {
    const sought = this.#sought;
    const row = sought === null ? null : rowWith(box, sought.key);
    if (sought === null || row === null) {
      return false;
    }
    this.#sought = null;
    box.scrollTop += topIn(box, row) - box.clientHeight * SOUGHT_AT;
    this.#follow(this.#atEnd(box));
    sought.found(row);
    return true;
  }

  #restore(box: HTMLElement): void {
    for (const { key, top } of this.#noted) {
      const row = rowWith(box, key);
      if (row !== null) {
        const moved = topIn(box, row) - top;
        if (Math.abs(moved) >= 0.5) {
          box.scrollTop += moved;
        }
        return;
      }
    }
  }

  /** Rows may have grown by themselves in this very frame: what is read goes back before it is noted where they put it. */
  #catchUp(): void {
    const box = this.#box;
    if (box === null || this.#following.peek() || movedByHand(this.#last, box, false)) {
      return;
    }
    this.#restore(box);
    this.#last = metricsOf(box);
  }

  #note(): void {
    const box = this.#box;
    if (box === null) {
      return;
    }
    const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')];
    const first = firstBelow(rows, box.getBoundingClientRect().top);
    const noted = rows.slice(first, first + NOTED_ROWS);
    if (noted.length > 0) {
      this.#noted = noted.map((row) => ({ key: row.dataset['row'] ?? '', top: topIn(box, row) }));
    }
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
    this.#follow(this.#atEnd(box));
    this.#note();
    this.#lookUp();
    this.#lookDown();
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

  #lookDown(): void {
    const box = this.#box;
    if (box !== null && this.#showsEnd() && this.#below.hasNewer() && wantsBelow(box)) {
      this.#below.loadNewer();
    }
  }
}

function metricsOf({ scrollTop, scrollHeight, clientHeight }: Metrics): Metrics {
  return { scrollTop, scrollHeight, clientHeight };
}

function topIn(box: HTMLElement, row: HTMLElement): number {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

function rowWith(box: HTMLElement, key: string): HTMLElement | null {
  return box.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
}

function selectsIn(box: HTMLElement): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && box.contains(selection.anchorNode);
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
