// Bytes in hexadecimal digits.

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Null unless it is exactly so many bytes. */
export function unhex(text: string | null, length: number): Uint8Array<ArrayBuffer> | null {
  if (text === null || text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) {
    return null;
  }
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
