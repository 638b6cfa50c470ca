// How types are put together on the wire: one description reads and writes. bincode's `legacy` format: enum tags are
// u32, lengths u64, a bool and an option's tag one byte.

import { type Reader, WireError, type Writer } from './bytes.ts';

export interface Codec<T> {
  read(from: Reader): T;
  write(value: T, to: Writer): void;
}

/** The type that a codec reads and writes. */
export type Of<C> = C extends Codec<infer T> ? T : never;

type Fields = Readonly<Record<string, Codec<unknown>>>;
type Struct<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };
type Variants<V extends Readonly<Record<string, Codec<object>>>> = {
  readonly [K in keyof V]: { readonly kind: K } & Of<V[K]>;
}[keyof V];

export const u16: Codec<number> = { read: (from) => from.u16(), write: (value, to) => to.u16(value) };
export const u32: Codec<number> = { read: (from) => from.u32(), write: (value, to) => to.u32(value) };
/** Refuses what a JavaScript number cannot hold exactly. */
export const u64: Codec<number> = { read: (from) => from.u64(), write: (value, to) => to.u64(value) };
export const i64: Codec<number> = { read: (from) => from.i64(), write: (value, to) => to.i64(value) };
export const f64: Codec<number> = { read: (from) => from.f64(), write: (value, to) => to.f64(value) };
export const text: Codec<string> = { read: (from) => from.text(), write: (value, to) => to.text(value) };
export const bool: Codec<boolean> = { read: readBool, write: (value, to) => to.u8(value ? 1 : 0) };

/** Exactly so many bytes, without a length before them. */
export function bytes(length: number): Codec<Uint8Array<ArrayBuffer>> {
  return { read: (from) => from.bytes(length), write: (value, to) => to.bytes(value) };
}

export function option<T>(inner: Codec<T>): Codec<T | null> {
  return {
    read: (from) => (readBool(from) ? inner.read(from) : null),
    write: (value, to) => {
      to.u8(value === null ? 0 : 1);
      if (value !== null) {
        inner.write(value, to);
      }
    },
  };
}

export function list<T>(inner: Codec<T>): Codec<readonly T[]> {
  return {
    read: (from) => {
      const values: T[] = [];
      for (let left = from.length(); left > 0; left -= 1) {
        values.push(inner.read(from));
      }
      return values;
    },
    write: (values, to) => {
      to.u64(values.length);
      for (const value of values) {
        inner.write(value, to);
      }
    },
  };
}

/** Fields in the order in which they are written down. */
export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  const entries = Object.entries(fields);
  return {
    read: (from) => Object.fromEntries(entries.map(([name, codec]) => [name, codec.read(from)])) as Struct<F>,
    write: (value, to) => {
      for (const [name, codec] of entries) {
        codec.write(value[name], to);
      }
    },
  };
}

/** Variants with fields, tagged in the order in which they are written down. */
export function variants<V extends Readonly<Record<string, Codec<object>>>>(cases: V): Codec<Variants<V>> {
  const entries = Object.entries(cases);
  return {
    read: (from) => {
      const found = entries[from.u32()];
      if (found === undefined) {
        throw new WireError('malformed');
      }
      return { kind: found[0], ...found[1].read(from) } as Variants<V>;
    },
    write: (value, to) => {
      const tag = entries.findIndex(([kind]) => kind === value.kind);
      to.u32(tag);
      entries[tag]?.[1].write(value, to);
    },
  };
}

/** Variants without fields. */
export function enumeration<const N extends readonly string[]>(names: N): Codec<N[number]> {
  return {
    read: (from) => {
      const name = names[from.u32()];
      if (name === undefined) {
        throw new WireError('malformed');
      }
      return name;
    },
    write: (value, to) => to.u32(names.indexOf(value)),
  };
}

function readBool(from: Reader): boolean {
  const value = from.u8();
  if (value > 1) {
    throw new WireError('malformed');
  }
  return value === 1;
}
