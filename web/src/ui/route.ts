// What an address of the client asks for, and the address of a room.

export interface Route {
  /** Empty on the join page. */
  readonly room: string;
  /** From `?name=`: join at once. */
  readonly nick: string;
}

const ROOM_PATH = /^\/r\/([^/]+)\/?$/u;

export function parseRoute(path: string, query: string): Route {
  const raw = ROOM_PATH.exec(path)?.[1] ?? '';
  const nick = new URLSearchParams(query).get('name') ?? '';
  return { room: decoded(raw).trim(), nick: nick.trim() };
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
