// The network that a fault happens in: a namespace of its own, in which this process, the server and the browser live,
// and nobody else. What is dropped is dropped where it arrives: at the sender it would be told as an error.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHAIN = ['inet', 'faults', 'arrival'] as const;

export class Network {
  /** Makes the loopback work. Call it inside the namespace, once. */
  static async open(): Promise<Network> {
    await run('ip', ['link', 'set', 'lo', 'up']);
    await run('nft', ['add', 'table', 'inet', 'faults']);
    await run('nft', ['add', 'chain', ...CHAIN, '{ type filter hook input priority 0 ; }']);
    return new Network();
  }

  /** UDP to and from this port falls silent. */
  async cutUdp(port: number): Promise<void> {
    await this.#rules([`udp dport ${port} drop`, `udp sport ${port} drop`]);
  }

  /** This UDP port answers as one does that nobody listens on. */
  async refuseUdp(port: number): Promise<void> {
    await this.#rules([`udp dport ${port} reject`]);
  }

  /** Everything to and from these ports falls silent, whichever of the two protocols it is. */
  async cut(...ports: readonly number[]): Promise<void> {
    const rules = ports.flatMap((port) => ['tcp', 'udp'].flatMap((name) => both(name, port)));
    await this.#rules(rules);
  }

  async restore(): Promise<void> {
    await run('nft', ['flush', 'chain', ...CHAIN]);
  }

  /** All in one go: there is no moment between two rules. */
  async #rules(rules: readonly string[]): Promise<void> {
    await run('nft', [rules.map((rule) => `add rule ${CHAIN.join(' ')} ${rule}`).join('; ')]);
  }
}

function both(protocol: string, port: number): string[] {
  return [`${protocol} dport ${port} drop`, `${protocol} sport ${port} drop`];
}
