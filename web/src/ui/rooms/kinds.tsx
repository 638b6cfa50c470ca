// A room's kind as a shape: # for open ones, a lock, a person.

import type { RoomKind } from '../../store/types.ts';
import { Icon } from '../icon.tsx';
import { Avatar } from '../people/avatar.tsx';

export function KindMark({ kind, name }: { readonly kind: RoomKind; readonly name: string }) {
  switch (kind) {
    case 'public':
      return <Icon name="hash" />;
    case 'private':
      return <Icon name="lock" />;
    case 'direct':
      return <Avatar nick={name} />;
  }
}
