// Frames over WebTransport: every lane is one bidirectional stream that this side opens.

import { FrameCutter, framed } from '../wire/frame.ts';
import { type Carrier, type Lane, type LaneListener, orAborted } from './carrier.ts';

/** SHA-256 hashes of self-signed certificates; empty for a certificate that the browser trusts. */
export type CertificateHashes = readonly Uint8Array<ArrayBuffer>[];

export function hasWebTransport(): boolean {
  return typeof globalThis.WebTransport === 'function';
}

/** Resolves when the session is ready and its control stream open. Rejects when it fails or the signal comes. */
export async function openWebTransport(url: string, hashes: CertificateHashes, signal: AbortSignal): Promise<Carrier> {
  signal.throwIfAborted();
  const transport = new WebTransport(url, {
    congestionControl: 'low-latency',
    ...(hashes.length > 0 && {
      serverCertificateHashes: hashes.map((value) => ({ algorithm: 'sha-256', value })),
    }),
  });
  // Told of the end by `ready` or by the carrier; this keeps the browser from reporting it once more.
  transport.closed.catch(() => undefined);
  try {
    // Firefox leaves `ready` pending for good when the port is closed: only the signal ends that.
    await orAborted(transport.ready, signal);
    const control = await orAborted(transport.createBidirectionalStream(), signal);
    return new WebTransportCarrier(transport, control);
  } catch (error) {
    closeQuietly(transport);
    throw error;
  }
}

class WebTransportCarrier implements Carrier {
  readonly transport = 'WebTransport';
  readonly closed: Promise<void>;
  readonly #session: WebTransport;
  readonly #over = new AbortController();
  #control: WebTransportBidirectionalStream | null;

  constructor(session: WebTransport, control: WebTransportBidirectionalStream) {
    this.#session = session;
    this.#control = control;
    const ended = new Promise<void>((resolve) => this.#over.signal.addEventListener('abort', () => resolve()));
    const died = session.closed.then(
      () => this.#over.abort(),
      () => this.#over.abort(),
    );
    this.closed = Promise.race([ended, died]);
  }

  openLane(listener: LaneListener): Lane {
    const control = this.#control;
    this.#control = null;
    const stream = control === null ? this.#session.createBidirectionalStream() : Promise.resolve(control);
    return new StreamLane(stream, listener, this.#over.signal, () => this.close());
  }

  close(): void {
    this.#over.abort();
    closeQuietly(this.#session);
  }
}

class StreamLane implements Lane {
  readonly #listener: LaneListener;
  readonly #over: AbortSignal;
  readonly #broken: () => void;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  /** What was sent before the stream was there: bounded by the window of unanswered commands. */
  #early: Uint8Array[] = [];
  #ending = false;

  constructor(
    stream: Promise<WebTransportBidirectionalStream>,
    listener: LaneListener,
    over: AbortSignal,
    broken: () => void,
  ) {
    this.#listener = listener;
    this.#over = over;
    this.#broken = broken;
    // Runs for as long as the lane lives; it ends by itself and reports failures through `broken`.
    void this.#run(stream);
  }

  send(payload: Uint8Array): void {
    if (this.#writer === null) {
      this.#early.push(payload);
    } else {
      this.#writer.write(framed(payload)).catch(this.#broken);
    }
  }

  end(): void {
    this.#ending = true;
    // A stream that is gone already needs no end.
    this.#writer?.close().catch(() => undefined);
  }

  async #run(opening: Promise<WebTransportBidirectionalStream>): Promise<void> {
    try {
      const stream = await opening;
      this.#writer = stream.writable.getWriter();
      for (const payload of this.#early.splice(0)) {
        this.send(payload);
      }
      if (this.#ending) {
        this.end();
      }
      await this.#read(stream.readable);
      this.#hear(() => this.#listener.end());
    } catch {
      this.#broken();
    }
  }

  async #read(readable: ReadableStream<Uint8Array>): Promise<void> {
    const cutter = new FrameCutter();
    const reader = readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      for (const payload of cutter.push(value)) {
        this.#hear(() => this.#listener.frame(payload));
      }
    }
  }

  #hear(say: () => void): void {
    if (!this.#over.aborted) {
      say();
    }
  }
}

function closeQuietly(session: WebTransport): void {
  try {
    session.close();
  } catch {
    // Closing what never came up throws in some browsers; it is closed either way.
  }
}
