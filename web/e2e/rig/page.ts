// What every engine's driver offers, and all that the suite knows of a browser. Elements are found in the page, by role
// and accessible name (see finder.ts); a driver supplies input, navigation and pictures.

import type { CDPSession } from 'puppeteer-core';

/** What a page has unless a test resizes it. */
export const VIEWPORT = { width: 1280, height: 800 } as const;

export type Scheme = 'light' | 'dark';

/** Keys by the names of `KeyboardEvent.key`; of those with a character the character. */
export type Key =
  | 'Enter'
  | 'Tab'
  | 'Escape'
  | 'Backspace'
  | 'Delete'
  | 'ArrowUp'
  | 'ArrowDown'
  | 'ArrowLeft'
  | 'ArrowRight'
  | 'Home'
  | 'End'
  | 'F6'
  | 'e'
  | 'r'
  | 'r'
  | 'k'
  | 'f'
  | 'b'
  | 'i'
  | 'x'
  | '/'
  | '?';

/** Keys held down meanwhile. */
export type Held = 'Shift' | 'Control' | 'Alt';

/** What a browser tells its developers about a page, and does to it for them. */
export type Devtools = Pick<CDPSession, 'send'>;

export interface Page {
  /** Opens an address and waits for the page to be loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page; it may use its arguments and the page's globals only. */
  evaluate<A extends readonly unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** A real click at a point of the viewport, in CSS pixels. */
  clickAt(x: number, y: number): Promise<void>;
  /** Moves the mouse there. */
  moveTo(x: number, y: number): Promise<void>;
  /** A real key press on whatever has the focus. */
  press(key: Key, ...held: readonly Held[]): Promise<void>;
  /** Resizes the viewport; answers the width that it really got. */
  resize(width: number, height: number): Promise<number>;
  /** Only Chromium can pretend to be a phone that is touched. From the next load on. */
  touched?(): Promise<void>;
  /** Only Chromium can pretend that its user wants nothing to move. */
  calm?(wanted: boolean): Promise<void>;
  /** Only Chromium can pretend a colour scheme and take pictures here. */
  picture?(path: string, scheme: Scheme): Promise<void>;
  /** Addresses on other machines that this tab and its siblings have asked for since this was called last. */
  strangers?(): readonly string[];
  /** Only Chromium can be slowed down and weighed. */
  devtools?(): Promise<Devtools>;
  /** Another tab of the same profile. Not to be used at the same moment as this one. */
  sibling(): Promise<Page>;
  /** Closes this tab alone, as its user does; another one of its profile must be open. */
  shut(): Promise<void>;
  /** Closes the whole profile. */
  close(): Promise<void>;
}

export interface Browser {
  /** A page of its own profile: no storage is shared with any other. */
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
