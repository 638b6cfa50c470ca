// The indicator in the header: always there, in words and by a dot.

import type { Chat, Connection } from '../../store/types.ts';
import { useSecondsUntil } from '../clock.ts';
import { strings } from '../strings.ts';

const words = strings.connection;

export function ConnectionStatus({ chat }: { readonly chat: Chat }) {
  const connection = chat.connection.value;
  const wait = useSecondsUntil(connection.kind === 'reconnecting' ? connection.retryAt : null);
  const action = actionOf(connection);
  // The round-trip time changes every few seconds: not to be read out each time. Losing the connection is announced
  // elsewhere.
  return (
    <div class={`connection ${connection.kind}`} role="status" aria-label={words.label} aria-live="off">
      <span class="dot" aria-hidden="true" />
      <span class="connection-text">{textOf(connection, wait)}</span>
      {action !== null && (
        <>
          <span aria-hidden="true">·</span>
          <button type="button" class="text-button" onClick={() => chat.reconnectNow()}>
            {action}
          </button>
        </>
      )}
    </div>
  );
}

function textOf(connection: Connection, wait: number): string {
  switch (connection.kind) {
    case 'connecting':
      return words.connecting;
    case 'live':
      return words.live(connection.transport, connection.rttMs);
    case 'reconnecting':
      return wait > 0 ? words.reconnectingIn(wait) : words.reconnecting;
    case 'offline':
      return words.offline;
    case 'closed':
      return words.closed;
  }
}

function actionOf({ kind }: Connection): string | null {
  if (kind === 'reconnecting') {
    return words.retryNow;
  }
  return kind === 'closed' ? words.reconnect : null;
}
