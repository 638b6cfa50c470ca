// Bytes read and written as the wire has them: little-endian, fixed width, and never past the end.

/** `truncated`: a message ends inside a frame. `unsafeInteger`: no JavaScript number holds it exactly. */
export type WireFlaw = 'tooLong' | 'truncated' | 'malformed' | 'trailing' | 'unsafeInteger';

/** What is wrong with a frame or its payload. Bytes from the other side end here, never in a crash. */
export class WireError extends Error {
  readonly flaw: WireFlaw;

  constructor(flaw: WireFlaw) {
    super(`a frame is no good: ${flaw}`);
    this.name = 'WireError';
    this.flaw = flaw;
  }
}

const UTF8_IN = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const UTF8_OUT = new TextEncoder();

/** Reads values off the front of a payload. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    return exact(this.#view.getBigUint64(this.#take(8), true));
  }

  i64(): number {
    return exact(this.#view.getBigInt64(this.#take(8), true));
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  /** How many bytes or elements follow: every one takes at least a byte, so more than are left is a lie. */
  length(): number {
    const length = this.#view.getBigUint64(this.#take(8), true);
    if (length > BigInt(this.left)) {
      throw new WireError('malformed');
    }
    return Number(length);
  }

  text(): string {
    const length = this.length();
    const start = this.#take(length);
    try {
      return UTF8_IN.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw new WireError('malformed');
    }
  }

  #take(length: number): number {
    if (length > this.left) {
      throw new WireError('malformed');
    }
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Writes values one after another; grows as it must. */
export class Writer {
  #bytes = new Uint8Array(128);
  #length = 0;

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  u8(value: number): void {
    this.#room(1).setUint8(0, value);
  }

  u16(value: number): void {
    this.#room(2).setUint16(0, value, true);
  }

  u32(value: number): void {
    this.#room(4).setUint32(0, value, true);
  }

  u64(value: number): void {
    this.#room(8).setBigUint64(0, BigInt(value), true);
  }

  i64(value: number): void {
    this.#room(8).setBigInt64(0, BigInt(value), true);
  }

  f64(value: number): void {
    this.#room(8).setFloat64(0, value, true);
  }

  bytes(value: Uint8Array): void {
    const view = this.#room(value.length);
    new Uint8Array(view.buffer, view.byteOffset, value.length).set(value);
  }

  text(value: string): void {
    const bytes = UTF8_OUT.encode(value);
    this.u64(bytes.length);
    this.bytes(bytes);
  }

  #room(length: number): DataView {
    const end = this.#length + length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const view = new DataView(this.#bytes.buffer, this.#length, length);
    this.#length = end;
    return view;
  }
}

/** A number that JavaScript holds exactly: identifiers on the wire stay below 2^53. */
function exact(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new WireError('unsafeInteger');
  }
  return Number(value);
}
