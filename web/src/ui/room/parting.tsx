// Says that a room is not there any more although nobody has left it here.

import type { Chat, Parting } from '../../store/types.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';

export function PartingBar({ chat }: { readonly chat: Chat }) {
  const parting = chat.parting.value;
  if (parting === null) {
    return null;
  }
  return (
    <p class="version-bar" role={parting.kind === 'refused' ? 'alert' : 'status'}>
      {told(parting)}{' '}
      <button type="button" class="text-button" onClick={() => chat.forgetParting()}>
        {strings.page.close}
      </button>
    </p>
  );
}

function told(parting: Parting): string {
  switch (parting.kind) {
    case 'elsewhere':
      return strings.rooms.leftElsewhere(parting.room);
    case 'refused':
      return strings.rooms.refused(parting.room, said(parting));
  }
}
