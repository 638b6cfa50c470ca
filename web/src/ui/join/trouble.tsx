// Below the join button: why joining may take a while. Silent as long as all is well.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { Later } from '../later.tsx';
import { allWords } from '../strings/language.ts';

/** Comes behind the page, with all else of a room. */
const status = async () => {
  const [{ ConnectionStatus }] = await Promise.all([import('../room/entrance.ts'), allWords()]);
  return ConnectionStatus;
};

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
  return troubled && late.value ? <Later load={status} part={{ chat }} /> : null;
}
