// What a carrier is: lanes of frames in and out. It decides nothing about what the frames say.

export type TransportName = 'WebTransport' | 'WebSocket';

/** Hears one lane. Nothing is heard after `end`, nor after the carrier is closed from this side. */
export interface LaneListener {
  frame(payload: Uint8Array): void;
  end(): void;
}

/** One ordered stream of frames. What is sent after the carrier is gone is dropped: the session sends it again. */
export interface Lane {
  send(payload: Uint8Array): void;
  /** Sends nothing more; what was sent before still arrives. */
  end(): void;
}

export interface Carrier {
  readonly transport: TransportName;
  /** The first lane is the control lane. */
  openLane(listener: LaneListener): Lane;
  /** Resolves, and never rejects, when nothing flows any more. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Resolves as `promise` does, unless the signal comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
