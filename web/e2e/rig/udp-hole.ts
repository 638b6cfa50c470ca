// A network where QUIC leads nowhere: a browser that finds, behind the server's QUIC port, a UDP port that swallows
// everything, as a firewall does. TCP to the page's own port is left alone. Chromium alone can be told so.

import { createSocket, type Socket } from 'node:dgram';
import type { Browser } from './page.ts';
import { startChromium } from './puppeteer.ts';

export class UdpHole {
  readonly #socket: Socket;
  #knocks = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', () => {
      this.#knocks += 1;
    });
  }

  static async open(): Promise<UdpHole> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, '127.0.0.1', resolve);
    });
    return new UdpHole(socket);
  }

  /** How many packets it has swallowed. */
  get knocks(): number {
    return this.#knocks;
  }

  /** A browser that comes here instead of to this port of `localhost`; `before` runs in each page before its own scripts. */
  async browser(port: number, before: string): Promise<Browser> {
    const here = `127.0.0.1:${this.#socket.address().port}`;
    return await startChromium({ before: [before], flags: [`--host-resolver-rules=MAP localhost:${port} ${here}`] });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
