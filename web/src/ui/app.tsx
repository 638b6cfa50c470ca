// Which page one sees.

import { useComputed } from '@preact/signals';
import { Component, type ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Chat } from '../store/types.ts';
import { JoinPage } from './join/join.tsx';
import { RoomPage } from './room/room.tsx';
import { strings } from './strings.ts';
import { Visit } from './visit.ts';

export function App({ chat }: { readonly chat: Chat }) {
  return (
    <Boundary>
      <Pages chat={chat} />
    </Boundary>
  );
}

function Pages({ chat }: { readonly chat: Chat }) {
  const visit = useMemo(() => new Visit(chat), [chat]);
  const wasInside = useRef(false);
  const inside = useComputed(() => chat.room.value !== null).value;
  if (!inside) {
    return <JoinPage chat={chat} visit={visit} arriving={!wasInside.current} />;
  }
  wasInside.current = true;
  return <RoomPage chat={chat} visit={visit} />;
}

/** A fault in drawing must not leave an empty page. */
class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError() {
    return { broken: true };
  }

  override render({ children }: { readonly children: ComponentChildren }) {
    if (!this.state.broken) {
      return children;
    }
    const words = strings.crash;
    return (
      <main class="join">
        <div class="join-box" role="alert">
          <h1>{words.heading}</h1>
          <p>{words.text}</p>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {words.reload}
          </button>
        </div>
      </main>
    );
  }
}
