// What every engine's driver offers, and all that the suite knows of a browser. Elements are found in the page, by role
// and accessible name (see finder.ts); a driver supplies input, navigation and pictures.

/** What a page has unless a test resizes it. */
export const VIEWPORT = { width: 1280, height: 800 } as const;

export type Scheme = 'light' | 'dark';

export type Key = 'Enter' | 'Tab' | 'Escape' | 'Backspace';

export interface Page {
  /** Opens an address and waits for the page to be loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page; it may use its arguments and the page's globals only. */
  evaluate<A extends readonly unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** A real click at a point of the viewport, in CSS pixels. */
  clickAt(x: number, y: number): Promise<void>;
  /** A real key press on whatever has the focus. */
  press(key: Key, held?: 'Shift'): Promise<void>;
  /** Resizes the viewport; answers the width that it really got. */
  resize(width: number, height: number): Promise<number>;
  /** Only Chromium can pretend a colour scheme and take pictures here. */
  picture?(path: string, scheme: Scheme): Promise<void>;
  close(): Promise<void>;
}

export interface Browser {
  /** A page of its own profile: no storage is shared with any other. */
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
