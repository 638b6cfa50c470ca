// A finger that comes in from an edge brings the drawer of that side along, and one that goes back there takes it away.

import { narrow, slim } from '../media.ts';
import { type DrawerName, drawer } from '../panels.ts';

/** How near to the edge a swipe begins; the browser keeps the outermost pixels for itself on some phones. */
const EDGE_PX = 36;
/** How far it goes before it is meant, and how much it may stray from the straight. */
const FAR_PX = 48;
const STRAY = 0.6;

export interface Touch {
  readonly x: number;
  readonly y: number;
}

/** Towards which side a movement goes; null if it is none that is meant. */
export function swipedTo(begun: Touch, now: Touch): 'left' | 'right' | null {
  const along = now.x - begun.x;
  if (Math.abs(along) < FAR_PX || Math.abs(now.y - begun.y) > Math.abs(along) * STRAY) {
    return null;
  }
  return along > 0 ? 'right' : 'left';
}

/** From which side a movement brings something in; null if it does not. */
export function swipedFrom(begun: Touch, now: Touch, width: number): 'left' | 'right' | null {
  switch (swipedTo(begun, now)) {
    case 'right':
      return begun.x <= EDGE_PX ? 'left' : null;
    case 'left':
      return begun.x >= width - EDGE_PX ? 'right' : null;
    case null:
      return null;
  }
}

/** Returns what ends the watching. */
export function watchSwipes(page: HTMLElement): () => void {
  let begun: Touch | null = null;
  const stop = new AbortController();
  const listening = { signal: stop.signal, passive: true };
  const end = () => {
    begun = null;
  };
  page.addEventListener(
    'pointerdown',
    ({ pointerType, isPrimary, clientX, clientY }) => {
      begun = pointerType === 'touch' && isPrimary ? { x: clientX, y: clientY } : null;
    },
    listening,
  );
  page.addEventListener(
    'pointermove',
    ({ clientX, clientY }) => {
      const now = { x: clientX, y: clientY };
      if (begun !== null && (drawer.peek() === null ? bringsIn(begun, now) : takesAway(begun, now))) {
        end();
      }
    },
    listening,
  );
  page.addEventListener('pointerup', end, listening);
  page.addEventListener('pointercancel', end, listening);
  return () => stop.abort();
}

/** Where lines run from right to left the drawers stand the other way round. */
function bringsIn(begun: Touch, now: Touch): boolean {
  const side = swipedFrom(begun, now, innerWidth);
  const isRooms = side === sideOf('rooms');
  if (side === null || !(isRooms ? narrow : slim).peek()) {
    return false;
  }
  drawer.value = isRooms ? 'rooms' : 'people';
  return true;
}

/** From anywhere, for the drawer is all there is. */
function takesAway(begun: Touch, now: Touch): boolean {
  const open = drawer.peek();
  if (open === null || swipedTo(begun, now) !== sideOf(open)) {
    return false;
  }
  drawer.value = null;
  return true;
}

function sideOf(name: DrawerName): 'left' | 'right' {
  const mirrored = document.documentElement.dir === 'rtl';
  return (name === 'rooms') !== mirrored ? 'left' : 'right';
}
