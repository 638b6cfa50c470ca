// The place of the search on the page; the search itself is fetched when somebody searches.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { searching } from '../panels.ts';
import type { Search } from './search.tsx';

interface Props {
  readonly chat: Chat;
  readonly go: (id: string) => void;
  readonly say: (text: string) => void;
}

type Panel = typeof Search extends (props: infer P) => unknown ? ComponentType<P> : never;

export function SearchPanel(props: Props) {
  const words = searching.value;
  const panel = useSignal<{ readonly Shown: Panel } | null>(null);
  const isWanted = words !== null;
  useEffect(() => {
    if (!isWanted || panel.peek() !== null) {
      return;
    }
    import('./search.tsx').then(
      ({ Search: Shown }) => {
        panel.value = { Shown };
      },
      // Without a network, or a new version of the client is out: it can be asked for again.
      close,
    );
  }, [isWanted, panel]);
  const Shown = panel.value?.Shown;
  return words === null || Shown === undefined ? null : <Shown key={words} {...props} words={words} close={close} />;
}

function close(): void {
  searching.value = null;
}
