// Frames: how payloads are cut out of bytes. A frame is its payload's length (u32, little-endian) and the payload. Over
// WebSocket a binary message holds one or more frames, each preceded by its lane (u32); none spans two messages.

import { WireError } from './bytes.ts';

/** Longest payload of a frame, in bytes. */
export const MAX_FRAME = 65_536;
const HEADER = 4;
const LANE_TAG = 4;

/** Cuts payloads out of the bytes of one lane, however they are split. Holds at most one frame and one read. */
export class FrameCutter {
  #held: Uint8Array = new Uint8Array(0);

  /** The payloads that are whole now. Throws a WireError as soon as a header announces too much. */
  push(bytes: Uint8Array): Uint8Array[] {
    this.#held = this.#held.length === 0 ? bytes : joined(this.#held, bytes);
    const payloads: Uint8Array[] = [];
    let start = 0;
    while (this.#held.length - start >= HEADER) {
      const end = start + HEADER + payloadLength(this.#held, start);
      if (this.#held.length < end) {
        break;
      }
      payloads.push(this.#held.subarray(start + HEADER, end));
      start = end;
    }
    this.#held = this.#held.slice(start);
    return payloads;
  }

  get midFrame(): boolean {
    return this.#held.length > 0;
  }
}

/** A payload as a frame of a lane's own stream. */
export function framed(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length, true);
  bytes.set(payload, HEADER);
  return bytes;
}

/** A payload as a frame of a shared socket. */
export function tagged(lane: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LANE_TAG + HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, lane, true);
  view.setUint32(LANE_TAG, payload.length, true);
  bytes.set(payload, LANE_TAG + HEADER);
  return bytes;
}

/** The frames of one WebSocket message. Throws a WireError when it ends inside a frame or a frame is too long. */
export function* untagged(message: Uint8Array): Generator<readonly [lane: number, payload: Uint8Array]> {
  let start = 0;
  while (start < message.length) {
    if (message.length - start < LANE_TAG + HEADER) {
      throw new WireError('truncated');
    }
    const lane = u32(message, start);
    const first = start + LANE_TAG + HEADER;
    const end = first + payloadLength(message, start + LANE_TAG);
    if (end > message.length) {
      throw new WireError('truncated');
    }
    yield [lane, message.subarray(first, end)];
    start = end;
  }
}

function payloadLength(bytes: Uint8Array, at: number): number {
  const length = u32(bytes, at);
  if (length > MAX_FRAME) {
    throw new WireError('tooLong');
  }
  return length;
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
