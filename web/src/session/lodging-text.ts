// A lodging as text: to another tab, or to another device. What opens a private room is in it.

import { hex, unhex } from './hex.ts';
import { KEY_BYTES, privatePlace, publicPlace } from './place.ts';
import type { Direct, Lodging } from './slot.ts';

/** Short names: it may become part of a link. */
interface Packed {
  readonly r: string;
  readonly k?: string;
  readonly n: string;
  readonly d?: Direct;
  readonly s: number;
}

export function packed({ place, nick, direct, since }: Lodging): Packed {
  const key = place.key === null ? {} : { k: hex(place.key) };
  return { r: place.name, ...key, n: nick, ...(direct === null ? {} : { d: direct }), s: since };
}

/** Null if it is none: it may come from anybody. */
export function unpacked(value: unknown): Lodging | null {
  const { r: name, k = null, n: nick, d, s: since } = record(value);
  const key = typeof k === 'string' ? unhex(k, KEY_BYTES) : null;
  if (typeof name !== 'string' || typeof nick !== 'string' || typeof since !== 'number' || (k !== null && !key)) {
    return null;
  }
  const place = key === null ? publicPlace(name) : privatePlace(key, name);
  const { nick: other, via } = record(d);
  const direct = typeof other === 'string' && typeof via === 'string' ? { nick: other, via } : null;
  return { place, nick, direct, since };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
