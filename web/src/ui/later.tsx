// A part of the page that is fetched when it is drawn first. Without it the rest goes on; drawn anew, it is tried again.

import { useSignal } from '@preact/signals';
import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';

interface Props<T extends object> {
  readonly load: () => Promise<FunctionComponent<T>>;
  readonly part: T;
  readonly children?: ComponentChildren;
}

/** `children` stand there until it has come. */
export function Later<T extends object>({ load, part, children }: Props<T>) {
  const loaded = useSignal<{ readonly Part: FunctionComponent<T> } | null>(null);
  useEffect(() => {
    const arrive = (Part: FunctionComponent<T>) => {
      loaded.value = { Part };
    };
    void load().then(arrive, () => undefined);
  }, []);
  const there = loaded.value;
  return there === null ? children : <there.Part {...part} />;
}
