// The list by keyboard and by touch: one row at a time is a stop for Tab, arrows go from row to row, and single keys do
// what the tools do. A finger that rests on a row asks for its tools.

import type { Message } from '../../store/types.ts';
import { backToField } from '../composing.ts';
import { ROW_KEYS } from '../shortcuts/table.ts';
import type { Desk } from './desk.ts';
import { fetchTools, toolsHere } from './tools-place.tsx';

/** As long as a finger must rest, and as far as it may slip meanwhile. */
const PRESS_MS = 500;
const SLIP_PX = 10;

const ACTS = new Map<string, 'edit' | 'reply' | 'remove'>([
  [ROW_KEYS.edit, 'edit'],
  [ROW_KEYS.reply, 'reply'],
  [ROW_KEYS.remove, 'remove'],
]);

/** The keys that lead from a row to somewhere else. */
const WAYS: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'Home', 'End', 'Escape']);

export class Walk {
  readonly #desk: Desk;
  readonly #box: HTMLElement;
  /** The row that Tab stops at; the last one while it is none. */
  #stop: string | null = null;
  #press: { readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number } | null = null;
  #pressed = false;

  constructor(box: HTMLElement, desk: Desk) {
    this.#box = box;
    this.#desk = desk;
  }

  /** Listens until the signal. */
  listen(signal: AbortSignal): void {
    const box = this.#box;
    const on = { signal };
    box.addEventListener('keydown', (event) => this.#key(event), on);
    box.addEventListener('focusin', (event) => this.#focused(event), on);
    box.addEventListener('pointerover', (event) => this.#over(event), on);
    box.addEventListener('pointerleave', (event) => this.#left(event), on);
    box.addEventListener('pointerdown', (event) => this.#down(event), on);
    box.addEventListener('click', (event) => this.#released(event), { signal, capture: true });
    for (const end of ['pointerup', 'pointercancel', 'scroll'] as const) {
      box.addEventListener(end, () => this.#unpress(), { signal, passive: true });
    }
    box.addEventListener('pointermove', (event) => this.#slip(event), { signal, passive: true });
    box.addEventListener('contextmenu', (event) => this.#menu(event), on);
    signal.addEventListener('abort', () => this.#unpress());
  }

  /** Sees to it that exactly one row is a stop for Tab; called when the rows have changed. */
  settle(): void {
    const rows = this.#rows();
    const stop = rows.find((row) => row.dataset['row'] === this.#stop) ?? rows.at(-1);
    for (const row of this.#box.querySelectorAll('article[tabindex="0"]')) {
      if (row !== stop) {
        row.setAttribute('tabindex', '-1');
      }
    }
    stop?.setAttribute('tabindex', '0');
  }

  #rows(): HTMLElement[] {
    return [...this.#box.querySelectorAll<HTMLElement>('article[data-row]')];
  }

  #key(event: KeyboardEvent): void {
    const row = rowOf(event.target);
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (isOnRow(event, row) && this.#does(event.key, row)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** True if this key means something at a row. */
  #does(key: string, row: HTMLElement): boolean {
    const rows = this.#rows();
    const at = rows.indexOf(row);
    switch (key) {
      case 'ArrowUp':
        return this.#go(rows[at - 1]);
      case 'ArrowDown':
        return this.#go(rows[at + 1]);
      case 'Home':
        return this.#go(rows[0]);
      case 'End':
        this.#desk.scroller.toEnd();
        return this.#go(this.#rows().at(-1));
      case 'Enter':
        return this.#point(row, true);
      case 'Escape':
        backToField();
        return true;
      default:
        return this.#act(key, row);
    }
  }

  #go(row: HTMLElement | undefined): boolean {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    return true;
  }

  #act(key: string, row: HTMLElement): boolean {
    const what = ACTS.get(key);
    const item = this.#item(row);
    if (what === undefined || item === undefined) {
      return false;
    }
    void fetchTools().then(() => toolsHere()?.act(what, item, this.#desk)); // never rejects
    return true;
  }

  #item(row: HTMLElement): Message | undefined {
    const key = row.dataset['row'];
    const item = this.#desk.chat.room.peek()?.timeline.findLast((one) => one.key === key);
    return item?.kind === 'message' ? item : undefined;
  }

  #focused({ target }: FocusEvent): void {
    const row = rowOf(target);
    if (row !== null) {
      this.#stop = row.dataset['row'] ?? null;
      this.settle();
      if (this.#desk.pointed.peek()?.key !== this.#stop && target === row) {
        this.#desk.pointed.value = null;
      }
    }
  }

  /** True, so that it can end a list of what a key does. */
  #point(row: HTMLElement, entered: boolean): boolean {
    const key = row.dataset['row'];
    const pointed = this.#desk.pointed.peek();
    if (key !== undefined && (pointed?.key !== key || entered)) {
      void fetchTools(); // never rejects
      this.#desk.pointed.value = { key, entered };
    }
    return true;
  }

  #over({ target, pointerType }: PointerEvent): void {
    const row = rowOf(target);
    if (row !== null && pointerType === 'mouse' && !this.#isInTools()) {
      this.#point(row, false);
    }
  }

  /** A finger leaves with every touch, and its tools stay for the next one. */
  #left({ pointerType }: PointerEvent): void {
    if (pointerType === 'mouse' && !this.#isInTools()) {
      this.#desk.pointed.value = null;
    }
  }

  /** Whether somebody is using the tools by keyboard: then the mouse takes nothing away. */
  #isInTools(): boolean {
    return document.activeElement?.closest('.tools') != null && this.#box.contains(document.activeElement);
  }

  #down(event: PointerEvent): void {
    this.#unpress();
    this.#pressed = false;
    const { target, pointerType } = event;
    if (pointerType === 'mouse' || (target instanceof Element && target.closest('.tools') !== null)) {
      return;
    }
    this.#desk.pointed.value = null;
    const row = rowOf(target);
    if (row === null) {
      return;
    }
    const timer = setTimeout(() => {
      this.#pressed = true;
      this.#point(row, false);
    }, PRESS_MS);
    this.#press = { timer, x: event.clientX, y: event.clientY };
  }

  /** Lifting the finger that asked for the tools is no tap on the quote or the link under it. */
  #released(event: MouseEvent): void {
    if (this.#pressed && event.detail > 0) {
      event.preventDefault();
      event.stopPropagation();
    }
    this.#pressed = false;
  }

  #slip({ clientX, clientY }: PointerEvent): void {
    const press = this.#press;
    if (press !== null && Math.hypot(clientX - press.x, clientY - press.y) > SLIP_PX) {
      this.#unpress();
    }
  }

  #unpress(): void {
    clearTimeout(this.#press?.timer);
    this.#press = null;
  }

  /** The browser's own menu would lie over the tools that the finger has asked for. */
  #menu(event: PointerEvent | MouseEvent): void {
    if (this.#pressed || this.#press !== null) {
      event.preventDefault();
    }
  }
}

/**
 * Whether a key is meant for the row: every one while the row has the focus. On a quote, a link or a button in it those
 * that lead away from it still do; the bar of tools has its own.
 */
function isOnRow({ key, target }: KeyboardEvent, row: HTMLElement): boolean {
  return target === row || (WAYS.has(key) && target instanceof Element && target.closest('.tools') === null);
}

function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('article[data-row]') : null;
}
