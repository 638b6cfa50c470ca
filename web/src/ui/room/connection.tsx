// The indicator in the header: always there, in words and by a dot. Pressed, it tells more.

import { useId } from 'preact/hooks';
import type { Chat, Connection } from '../../store/types.ts';
import { useSecondsUntil } from '../clock.ts';
import { strings } from '../strings.ts';
import { ConnectionDetails } from './details.tsx';

export function ConnectionStatus({ chat }: { readonly chat: Chat }) {
  const connection = chat.connection.value;
  const wait = useSecondsUntil(connection.kind === 'reconnecting' ? connection.retryAt : null);
  const action = actionOf(connection);
  const details = useId();
  const text = textOf(connection, wait);
  // The round-trip time changes every few seconds: not to be read out each time. Losing the connection is announced
  // elsewhere.
  return (
    <div class={`connection ${connection.kind}`}>
      <div class="connection-state" role="status" aria-label={strings.connection.label} aria-live="off">
        <button
          type="button"
          class="connection-button"
          aria-label={strings.connection.details(text)}
          aria-haspopup="dialog"
          popoverTarget={details}
        >
          <span class="dot" aria-hidden="true" />
          <span class="connection-text">{text}</span>
        </button>
      </div>
      {action !== null && (
        <>
          <span aria-hidden="true">·</span>
          <button type="button" class="text-button" onClick={() => chat.reconnectNow()}>
            {action}
          </button>
        </>
      )}
      <ConnectionDetails id={details} chat={chat} state={text} action={action} />
    </div>
  );
}

function textOf(connection: Connection, wait: number): string {
  switch (connection.kind) {
    case 'connecting':
      return strings.connection.connecting;
    case 'live':
      return strings.connection.live(connection.transport, connection.rttMs);
    case 'reconnecting':
      return wait > 0 ? strings.connection.reconnectingIn(wait) : strings.connection.reconnecting;
    case 'offline':
      return strings.connection.offline;
    case 'closed':
      return strings.connection.closed;
  }
}

function actionOf({ kind }: Connection): string | null {
  if (kind === 'reconnecting') {
    return strings.connection.retryNow;
  }
  return kind === 'closed' ? strings.connection.reconnect : null;
}
