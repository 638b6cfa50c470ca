// Where this tab is, over a reload: the address, and what it takes to be there again. What opens a private room is in no
// address but that of an invitation, which people pass on by themselves.

import { base64url, unbase64url } from '../store/invitation.ts';
import type { RoomTarget } from '../store/types.ts';
import { inTab } from './kept.ts';

const HERE = 'chinwag.here';

export interface Here {
  readonly address: string;
  readonly nick: string;
  readonly target: RoomTarget;
}

export function keepHere(here: Here | null): void {
  if (here === null) {
    inTab.keep(HERE, null);
    return;
  }
  const { address, nick, target } = here;
  const key = target.kind === 'private' ? base64url(target.key) : null;
  inTab.keep(HERE, JSON.stringify({ address, nick, name: target.name, key }));
}

export function recallHere(): Here | null {
  try {
    const { address, nick, name, key } = JSON.parse(inTab.recall(HERE) ?? '{}') as Record<string, unknown>;
    if (typeof address !== 'string' || typeof nick !== 'string' || typeof name !== 'string') {
      return null;
    }
    const bytes = typeof key === 'string' ? unbase64url(key) : null;
    return { address, nick, target: bytes === null ? { kind: 'public', name } : { kind: 'private', key: bytes, name } };
  } catch {
    return null; // kept by an earlier version, or by somebody else
  }
}
