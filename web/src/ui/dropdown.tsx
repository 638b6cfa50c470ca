// A panel below the button that opens it (`popovertarget`). Escape, a click elsewhere and a Tab beyond its end close it;
// after Escape the button has the focus again. What is in it exists only while it is open.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { strings } from './strings.ts';

/** Between the button and the panel, and the panel and the edge of the window. */
const GAP_PX = 8;

interface Props {
  readonly id: string;
  readonly title: string;
  /** `settle` brings the focus to the panel, for when what has it is about to go. */
  readonly children: (settle: () => void) => ComponentChildren;
}

export function Dropdown({ id, title, children }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const open = useSignal(false);
  const heading = useId();
  useLayoutEffect(() => {
    const box = panel.current;
    const ended = new AbortController();
    const { signal } = ended;
    const toggle = (event: Event) => {
      open.value = (event as ToggleEvent).newState === 'open';
      if (box !== null && open.value) {
        place(box, document.querySelector(`[popovertarget="${CSS.escape(id)}"]`));
      }
    };
    const leave = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof Node && box?.contains(relatedTarget) === false) {
        box.hidePopover();
      }
    };
    box?.addEventListener('beforetoggle', toggle, { signal });
    box?.addEventListener('focusout', leave, { signal });
    return () => ended.abort();
  }, [id, open]);
  return (
    <div
      ref={panel}
      id={id}
      popover="auto"
      class="details"
      role="dialog"
      aria-labelledby={heading}
      tabIndex={-1}
      autofocus
    >
      <div class="details-head">
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          class="button quiet"
          aria-label={strings.page.close}
          onClick={() => panel.current?.hidePopover()}
        >
          <Icon name="close" />
        </button>
      </div>
      {open.value && children(() => panel.current?.focus())}
    </div>
  );
}

/** Below the button, and not beyond the window. */
function place(panel: HTMLElement, button: Element | null): void {
  const at = button?.getBoundingClientRect();
  panel.style.setProperty('--below', `${Math.round((at?.bottom ?? 0) + GAP_PX)}px`);
  panel.style.setProperty('--from', `${Math.round(at?.left ?? GAP_PX)}px`);
}
