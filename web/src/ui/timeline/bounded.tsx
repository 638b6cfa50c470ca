// A long text stays within a bound until somebody wants all of it: nobody can fill the room for everybody with one message.
// Only a text that may be taller is measured; whatever gets the focus inside it opens it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { strings } from '../strings.ts';

/** What has fewer characters and lines stays within the bound of message.css on every screen, but for strange letters. */
const SHORT_CHARS = 400;
const SHORT_LINES = 12;
/** Letters from here on may be many times as wide as others. */
const PLAIN_UNTIL = 0x2e00;
/** A bound that hides next to nothing is in the way. */
const WORTH_PX = 24;

export function mayBeTall(text: string): boolean {
  return text.length > SHORT_CHARS || text.split('\n', SHORT_LINES + 1).length > SHORT_LINES || holdsWide(text);
}

function holdsWide(text: string): boolean {
  let wide = 0;
  for (let at = 0; at < text.length; at += 1) {
    wide += text.charCodeAt(at) >= PLAIN_UNTIL ? 1 : 0;
  }
  return wide > SHORT_CHARS / 8;
}

export function Bounded({ children }: { readonly children: ComponentChildren }) {
  const inside = useRef<HTMLDivElement>(null);
  const state = useSignal<'unknown' | 'whole' | 'cut' | 'open'>('unknown');
  const id = useId();
  useLayoutEffect(() => {
    const { scrollHeight = 0, clientHeight = 0 } = inside.current ?? {};
    state.value = scrollHeight > clientHeight + WORTH_PX ? 'cut' : 'whole';
  }, [state]);
  const cut = state.value === 'cut';
  const turn = () => {
    state.value = cut ? 'open' : 'cut';
  };
  return (
    <>
      <div
        id={id}
        ref={inside}
        class={state.value === 'unknown' || cut ? 'bounded' : 'unbounded'}
        onFocusCapture={({ target }) => {
          // Not for a click, below which nothing is to move.
          if (state.peek() === 'cut' && target instanceof Element && target.matches(':focus-visible')) {
            state.value = 'open';
          }
        }}
      >
        {children}
      </div>
      {(cut || state.value === 'open') && (
        <button type="button" class="text-button whole-text" aria-expanded={!cut} aria-controls={id} onClick={turn}>
          {cut ? strings.markup.showAll : strings.markup.showLess}
        </button>
      )}
    </>
  );
}
