// A menu or a card beside the button that opens it. Escape closes it, and the browser: a click elsewhere, another one.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Pixels between the button and what it opens, and between that and the edge of the window. */
const GAP = 4;
const EDGE = 8;

interface Props {
  readonly anchor: Element;
  readonly label: string;
  readonly kind: 'menu' | 'dialog';
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Open for as long as it is drawn. */
export function Popover({ anchor, label, kind, close, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const popover = box.current;
    if (popover === null) {
      return undefined;
    }
    const onToggle = (event: Event) => {
      if (event instanceof ToggleEvent && event.newState === 'closed') {
        close();
      }
    };
    popover.showPopover();
    place(popover, anchor);
    popover.querySelector('button')?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        // The browser would tell later that it is closed, and the next key may come before.
        event.preventDefault();
        event.stopPropagation();
        close();
      } else {
        step(event, popover);
      }
    };
    popover.addEventListener('toggle', onToggle);
    popover.addEventListener('keydown', onKey);
    return () => {
      popover.removeEventListener('toggle', onToggle);
      popover.removeEventListener('keydown', onKey);
      const hadFocus = popover.contains(document.activeElement) || document.activeElement === document.body;
      popover.hidePopover();
      if (hadFocus && anchor instanceof HTMLElement) {
        anchor.focus();
      }
    };
  }, [anchor]);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a menu and a dialog both have names.
    <div class={`popover popover-${kind}`} ref={box} popover="auto" role={kind} aria-label={label}>
      {children}
    </div>
  );
}

/** Up, Down, Home and End go from one entry to the next, as in every menu. */
function step(event: KeyboardEvent, popover: HTMLElement): void {
  const entries = [...popover.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const now = entries.findIndex((entry) => entry.matches(':focus'));
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    entries[(next + entries.length) % entries.length]?.focus();
  }
}

/** Below the anchor and beginning or ending with it; above it where there is no room below. */
function place(popover: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const rightToLeft = getComputedStyle(popover).direction === 'rtl';
  const begin = rightToLeft ? at.right - width : at.left;
  const fits = begin >= EDGE && begin + width <= innerWidth - EDGE;
  const other = rightToLeft ? at.left : at.right - width;
  const left = Math.max(EDGE, Math.min(fits ? begin : other, innerWidth - width - EDGE));
  const below = at.bottom + GAP;
  const top = below + height <= innerHeight - EDGE ? below : Math.max(EDGE, at.top - GAP - height);
  popover.style.setProperty('left', `${left}px`);
  popover.style.setProperty('top', `${top}px`);
}
