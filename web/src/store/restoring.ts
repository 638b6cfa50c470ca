// Opening a room without a network: when there is no way to the server, what this device has kept is shown instead.

import type { ReadonlySignal } from '@preact/signals';
import type { Rooms } from './rooms.ts';
import type { Connection, JoinResult } from './types.ts';

/** The answer of the server, or a room from this device if that is there while the server cannot be reached. */
export function entered(
  answer: Promise<JoinResult>,
  {
    rooms,
    id,
    connection,
  }: { readonly rooms: Rooms; readonly id: string; readonly connection: ReadonlySignal<Connection> },
): Promise<JoinResult> {
  const restored = new Promise<JoinResult>((resolve) => {
    const stop = connection.subscribe(({ kind }) => {
      if (kind === 'reconnecting' || kind === 'offline') {
        void rooms.restore(id).then((shown) => shown && resolve({ ok: true })); // never rejects
      }
    });
    void answer.then(() => stop()); // never rejects
  });
  return Promise.race([answer, restored]);
}
