// The address by which another device becomes the same person: names with what proves them, and one's rooms with what opens
// them. All of it stands behind the `#`, which no browser ever sends to a server. Whoever has it is that person.

import { hex, unhex } from '../session/hex.ts';
import { packed, unpacked } from '../session/lodging-text.ts';
import { type Persona, SECRET_BYTES } from '../session/persona.ts';
import type { Lodging } from '../session/slot.ts';

const PATH = '/d';
/** Longer than one with as many rooms as a server allows, under the longest names. */
const MAX_LENGTH = 100_000;

/** Who one is in a room. */
export interface Self {
  readonly who: Persona;
  readonly lodging: Lodging;
}

/** At least one. */
export type Some<T> = readonly [T, ...(readonly T[])];

export interface DeviceLink {
  readonly personas: Some<Persona>;
  /** The first one is to be opened. */
  readonly lodgings: Some<Lodging>;
}

/** Empty for who is nowhere. */
export function deviceLinkTo(origin: string, selves: readonly Self[]): string {
  if (selves.length === 0) {
    return '';
  }
  const names = new Map(selves.map(({ who }) => [who.nick, hex(who.secret)]));
  const text = JSON.stringify({ p: [...names], l: selves.map(({ lodging }) => packed(lodging)) });
  return `${origin}${PATH}#${base64url(new TextEncoder().encode(text))}`;
}

/** Null if it is none, or not whole. */
export function parseDeviceLink(path: string, hash: string): DeviceLink | null {
  if (path !== PATH || hash.length > MAX_LENGTH) {
    return null;
  }
  try {
    const { p, l } = JSON.parse(decoded(hash.slice(1))) as Record<string, unknown>;
    const personas = listed(p).map(personaIn);
    const lodgings = listed(l).map(unpacked);
    return whole(personas) && whole(lodgings) ? { personas, lodgings } : null;
  } catch {
    return null;
  }
}

function personaIn(value: unknown): Persona | null {
  const [nick, secret] = listed(value);
  const bytes = typeof secret === 'string' ? unhex(secret, SECRET_BYTES) : null;
  return typeof nick === 'string' && nick.trim() !== '' && bytes !== null ? { nick, secret: bytes } : null;
}

function whole<T>(values: readonly (T | null)[]): values is Some<T> {
  return values.length > 0 && values.every((value) => value !== null);
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws if it is none. */
function decoded(text: string): string {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(plain, (char) => char.charCodeAt(0)));
}
