// Says that the connection is in trouble, once it has been for long enough to matter.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat, Connection } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';

/** Shorter blips are nobody's business. */
const PATIENCE_MS = 2_000;

export function TroubleBanner({ chat, say }: { readonly chat: Chat; readonly say: (text: string) => void }) {
  const connection = chat.connection.value;
  const trouble = troubleOf(connection);
  const shown = useSignal(false);
  useEffect(() => {
    if (trouble === null) {
      if (shown.peek()) {
        say(strings.connection.back);
      }
      shown.value = false;
      return undefined;
    }
    const timer = setTimeout(() => {
      shown.value = true;
      say(trouble);
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [trouble]);
  const keptAt = useComputed(() => chat.room.value?.keptAt ?? null).value;
  if (keptAt !== null) {
    return <p class="banner">{strings.connection.kept(reader.fullOf(keptAt))}</p>;
  }
  return trouble !== null && shown.value ? <p class="banner">{trouble}</p> : null;
}

function troubleOf(connection: Connection): string | null {
  switch (connection.kind) {
    case 'live':
      return null;
    case 'offline':
      return strings.connection.offlineTrouble;
    case 'closed':
      return said(connection.reason);
    case 'connecting':
    case 'reconnecting':
      return strings.connection.trouble;
  }
}
