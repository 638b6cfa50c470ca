// The golden vectors that the server writes (tests/vectors): the same bytes mean the same on both sides.

import { describe, expect, test } from 'vitest';
import commands from '../../../tests/vectors/commands.json' with { type: 'json' };
import events from '../../../tests/vectors/events.json' with { type: 'json' };
import frames from '../../../tests/vectors/frames.json' with { type: 'json' };
import { WireError } from './bytes.ts';
import { FrameCutter, untagged } from './frame.ts';
import { decodeCommand, decodeEvent, encodeCommand, encodeEvent } from './protocol.ts';

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A value as the vectors write it: tags in lower case, tokens in hex, what a variant holds under its name. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return toHex(value);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    (name === 'kind' || name === 'code') && typeof field === 'string' ? lower(field) : plain(field),
  ]);
  return wrapped(Object.fromEntries(fields));
}

function wrapped(value: Record<string, unknown>): unknown {
  const { kind, ...rest } = value;
  switch (kind) {
    case 'entry':
      return { kind, entry: rest };
    case 'history':
    case 'looked':
      return 'entries' in rest ? { kind, page: rest } : value;
    default:
      return value;
  }
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function flaw(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof WireError ? error.flaw : String(error);
  }
}

describe('commands', () => {
  test.each(commands.valid)('$name', ({ hex, value }) => {
    const command = decodeCommand(fromHex(hex));
    expect(plain(command)).toEqual(value);
    expect(toHex(encodeCommand(command))).toBe(hex);
  });

  test.each(commands.malformed)('$name is refused', ({ hex, error }) => {
    expect(flaw(() => decodeCommand(fromHex(hex)))).toBe(error);
  });
});

describe('events', () => {
  test.each(events.valid)('$name', ({ hex, value }) => {
    const event = decodeEvent(fromHex(hex));
    expect(plain(event)).toEqual(value);
    expect(toHex(encodeEvent(event))).toBe(hex);
  });

  test.each(events.malformed)('$name is refused', ({ hex, error }) => {
    expect(flaw(() => decodeEvent(fromHex(hex)))).toBe(error);
  });
});

describe('frames of a stream', () => {
  test.each(frames.stream)('$name', ({ chunks, payloads, ...rest }) => {
    const cutter = new FrameCutter();
    const found: string[] = [];
    const error = flaw(() => {
      for (const chunk of chunks) {
        found.push(...cutter.push(fromHex(chunk)).map(toHex));
      }
    });
    expect(found).toEqual(payloads);
    expect(error).toBe('error' in rest ? rest.error : null);
    if ('midFrame' in rest) {
      expect(cutter.midFrame).toBe(rest.midFrame);
    }
  });
});

describe('frames of a shared socket', () => {
  test.each(frames.tagged)('$name', ({ hex, frames: expected, ...rest }) => {
    const found: { lane: number; payload: string }[] = [];
    const error = flaw(() => {
      for (const [lane, payload] of untagged(fromHex(hex))) {
        found.push({ lane, payload: toHex(payload) });
      }
    });
    expect(found).toEqual(expected);
    expect(error).toBe('error' in rest ? rest.error : null);
  });
});
