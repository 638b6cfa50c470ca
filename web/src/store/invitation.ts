// Addresses that let people into a private room. The key stands behind the `#`, which no browser ever sends to a server.

import { KEY_BYTES, type RoomKey } from '../session/place.ts';

export const INVITATION_PATH = '/i';

/** `/i#<key in base64url>.<name>` */
export function invitationTo(origin: string, key: RoomKey, name: string): string {
  return `${origin}${INVITATION_PATH}#${base64url(key)}.${encodeURIComponent(name)}`;
}

export interface Invitation {
  readonly key: RoomKey;
  readonly name: string;
}

export function parseInvitation(path: string, hash: string): Invitation | null {
  const [, text = '', rest = ''] = /^#([\w-]+)\.(.+)$/u.exec(hash) ?? [];
  const key = path === INVITATION_PATH ? unbase64url(text) : null;
  const name = decoded(rest).trim();
  return key === null || name === '' ? null : { key, name };
}

export function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Null if it is no key. */
export function unbase64url(text: string): RoomKey | null {
  try {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(plain, (char) => char.charCodeAt(0));
    return bytes.length === KEY_BYTES ? bytes : null;
  } catch {
    return null;
  }
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw; // a stray per cent sign
  }
}
