// The real server, as a process: debug build, its own ports, its own data folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const BINARY =
  process.env['CHINWAG_BIN'] ?? fileURLToPath(new URL('../../../target/debug/chinwag', import.meta.url));
const STARTS_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 20_000;
const POLL_MS = 25;
/** Somebody else may take a port between the look and the start. */
const ATTEMPTS = 3;
/** The end of the log is what explains a failure. */
const LOG_CHARS = 4_000;

/** Browsers try both addresses of `localhost`. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

export class Server {
  /** Where a browser opens the page. */
  readonly url: string;
  /** QUIC over UDP and HTTPS over TCP. */
  readonly port: number;
  /** Plain HTTP. */
  readonly httpPort: number;
  readonly #flags: readonly string[];
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #log = '';

  private constructor(
    folder: string,
    port: number,
    httpPort: number,
    hosts: readonly string[],
    more: readonly string[],
  ) {
    const addresses = (at: number) => hosts.map((host) => (host.includes(':') ? `[${host}]:${at}` : `${host}:${at}`));
    this.url = `http://localhost:${httpPort}`;
    this.port = port;
    this.httpPort = httpPort;
    this.#folder = folder;
    this.#flags = [
      ...['serve', '--listen', addresses(port).join(','), '--http', addresses(httpPort).join(',')],
      ...['--metrics', 'off', '--data', join(folder, 'data'), '--certs', join(folder, 'certs'), ...more],
    ];
  }

  /** Starts a server on free ports, with more flags if given. */
  static async start(...more: readonly string[]): Promise<Server> {
    if (!existsSync(BINARY)) {
      throw new Error(`${BINARY} is not there: run \`make rust-test\` or \`cargo build\` first`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'chinwag-e2e-'));
    const hosts = await loopback();
    for (let attempt = 1; ; attempt += 1) {
      const server = new Server(folder, await freePort(hosts), await freePort(hosts), hosts, more);
      try {
        await server.up();
        return server;
      } catch (error) {
        if (attempt === ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  /** Starts the process on the ports and the data that it had before. */
  async up(): Promise<void> {
    const process = spawn(BINARY, this.#flags, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.#folder });
    this.#process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.#log = (this.#log + data.toString()).slice(-LOG_CHARS);
      });
    }
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (Date.now() < deadline && process.exitCode === null && process.signalCode === null) {
      const ready = await fetch(`${this.url}/readyz`).catch(() => null);
      if (ready?.ok === true) {
        return;
      }
      await sleep(POLL_MS);
    }
    await this.kill();
    throw new Error(`the server does not start: ${this.#log}`);
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) {
      throw new Error('the server does not run');
    }
    return pid;
  }

  /** The end of what it has printed. */
  log(): string {
    return this.#log;
  }

  /** Ends it without a warning, as a power cut does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it from doing anything, its sockets open, as a machine that thrashes does. */
  async freeze(): Promise<void> {
    const process = this.#process;
    process?.kill('SIGSTOP');
    while (process?.pid !== undefined && !(await allStopped(process.pid))) {
      await sleep(POLL_MS);
    }
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends it as an operator does, and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const process = this.#process;
    this.#process = null;
    if (process === null || process.exitCode !== null || process.signalCode !== null) {
      return;
    }
    const exit = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    process.kill('SIGCONT');
    const late = setTimeout(() => process.kill('SIGKILL'), ENDS_WITHIN_MS);
    await exit;
    clearTimeout(late);
  }
}

/** Whether each thread has taken the signal in: they do so one after the other. */
async function allStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const all = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  // The state stands behind the name, which is in parentheses.
  return all.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'));
}

/** The loopback addresses that this machine has: containers often lack IPv6. */
async function loopback(): Promise<string[]> {
  const there = await Promise.all(LOOPBACK.map(async (host) => ((await tcp(host, 0)) === null ? [] : [host])));
  return there.flat();
}

/** A port that is free for TCP and UDP on all these addresses. */
async function freePort(hosts: readonly string[]): Promise<number> {
  for (;;) {
    const port = (await tcp('127.0.0.1', 0)) ?? 0;
    const free = await Promise.all(hosts.flatMap((host) => [tcp(host, port), udp(host, port)]));
    if (free.every((bound) => bound !== null)) {
      return port;
    }
  }
}

/** Binds and lets go; null if that cannot be. */
async function tcp(host: string, port: number): Promise<number | null> {
  return await new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(null));
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}

async function udp(host: string, port: number): Promise<number | null> {
  return await new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').once('error', () => resolve(null));
    socket.bind(port, host, () => {
      socket.close(() => resolve(port));
    });
  });
}
