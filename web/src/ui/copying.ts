// A link that stands in a field, selected, and is copied by a button; where that is not allowed, by hand.

import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Copying {
  /** Of the field that holds the link. */
  readonly field: RefObject<HTMLInputElement | null>;
  readonly copied: Signal<boolean>;
  /** Never rejects. */
  readonly copy: () => Promise<void>;
}

export function useCopying(link: string): Copying {
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
    } catch {
      // It stands there to be copied by hand.
      field.current?.select();
    }
  };
  return { field, copied, copy };
}
