// Below the join button: why joining may take a while. Silent as long as all is well.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { ConnectionStatus } from '../room/connection.tsx';

/** A connection is usually there sooner than anybody can read. */
const PATIENCE_MS = 2_000;

export function Trouble({ chat }: { readonly chat: Chat }) {
  const { kind } = chat.connection.value;
  const late = useSignal(false);
  const troubled = kind === 'reconnecting' || kind === 'offline' || kind === 'closed';
  useEffect(() => {
    late.value = false;
    if (!troubled) {
      return undefined;
    }
    const timer = setTimeout(() => {
      late.value = true;
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [troubled, late]);
  return troubled && late.value ? <ConnectionStatus chat={chat} /> : null;
}
