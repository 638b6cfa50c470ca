// Frames over WebSocket: all lanes share the socket, each frame tagged with its lane.

import { tagged, untagged } from '../wire/frame.ts';
import type { Carrier, Lane, LaneListener } from './carrier.ts';

/** Resolves when the socket is open. Rejects when it fails or the signal comes. */
export function openWebSocket(url: string, signal: AbortSignal): Promise<Carrier> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const abort = (): void => {
      socket.close();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.onopen = () => {
      signal.removeEventListener('abort', abort);
      resolve(new WebSocketCarrier(socket));
    };
    socket.onclose = () => {
      signal.removeEventListener('abort', abort);
      reject(new Error('the socket closed before it was open'));
    };
  });
}

class WebSocketCarrier implements Carrier {
  readonly transport = 'WebSocket';
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #lanes = new Map<number, LaneListener>();
  #nextLane = 0;
  #end: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    socket.onclose = () => this.#end();
    socket.onmessage = (message: MessageEvent<unknown>) => this.#receive(message.data);
  }

  openLane(listener: LaneListener): Lane {
    const lane = this.#nextLane;
    this.#nextLane += 1;
    this.#lanes.set(lane, listener);
    return {
      send: (payload) => this.#send(lane, payload),
      // The lane's number is never used again, so what still comes for it finds nobody.
      end: () => this.#lanes.delete(lane),
    };
  }

  close(): void {
    this.#lanes.clear();
    this.#socket.close();
    // A peer that is gone never completes the closing handshake: do not wait for it.
    this.#end();
  }

  #send(lane: number, payload: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(tagged(lane, payload));
    }
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      this.close();
      return;
    }
    try {
      for (const [lane, payload] of untagged(new Uint8Array(data))) {
        this.#lanes.get(lane)?.frame(payload);
      }
    } catch {
      this.close();
    }
  }
}
