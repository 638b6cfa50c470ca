// What an address of the client asks for, and the address of a room.

import { type Invitation, parseInvitation } from '../store/invitation.ts';

export interface Route {
  /** Empty on the join page. */
  readonly room: string;
  /** From `?name=`: join at once. */
  readonly nick: string;
  /** What opens a private room; null for a public one. */
  readonly key: Invitation['key'] | null;
}

const ROOM_PATH = /^\/r\/([^/]+)\/?$/u;

/** `hash` is never sent to a server: what opens a private room stands there. */
export function parseRoute(path: string, query: string, hash = ''): Route {
  const invited = parseInvitation(path, hash);
  const raw = ROOM_PATH.exec(path)?.[1] ?? '';
  return {
    room: invited?.name ?? decoded(raw).trim(),
    nick: (new URLSearchParams(query).get('name') ?? '').trim(),
    key: invited?.key ?? null,
  };
}

export function roomPath(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    // A stray per cent sign: show what stands there.
    return raw;
  }
}
