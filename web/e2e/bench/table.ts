// From samples to the lines that are printed.

import { quantile } from './figures.ts';

/** Milliseconds; all but `ping`, `bare` and `network` since the key went down in A. */
export interface Sample {
  /** A ping and its answer, without a page around it. */
  readonly ping: number;
  /** A message from a bare program in A's window to one in B's: the network, the hub and the log. */
  readonly bare: number;
  /** The message is handed to the browser's network. */
  readonly handedOver: number;
  /** From there until its bytes are handed to B's page: the network, the hub and the log, for this very message. */
  readonly network: number;
  /** In B's document. */
  readonly inDocument: number;
  /** B's next animation frame. */
  readonly shown: number;
  /** B has painted that frame. */
  readonly painted: number;
  /** A's own message is in a frame as pending. */
  readonly pending: number;
  /** A's own message no longer is. */
  readonly acknowledged: number;
}

export const FRAME_MS = 1_000 / 60;
const NAME_WIDTH = 52;
const CELL_WIDTH = 9;

const MILLISECONDS: readonly (readonly [string, (sample: Sample) => number])[] = [
  ['ping to pong', (s) => s.ping],
  ['bare message, A to B', (s) => s.bare],
  ['key in A to the message handed over', (s) => s.handedOver],
  ['handed over in A to come out in B', (s) => s.network],
  ["key in A to B's document", (s) => s.inDocument],
  ["key in A to B's next frame", (s) => s.shown],
  ['key in A to that frame painted', (s) => s.painted],
  ['key in A to the pending message in a frame of A', (s) => s.pending],
  ["key in A to acknowledged in A's document", (s) => s.acknowledged],
];

const FRAMES: readonly (readonly [string, (sample: Sample) => number])[] = [
  ["key in A to B's next frame, less the ping", (s) => (s.shown - s.ping) / FRAME_MS],
  ['... less handed over to come out', (s) => (s.shown - s.network) / FRAME_MS],
  ['key in A to that frame painted, less the ping', (s) => (s.painted - s.ping) / FRAME_MS],
  ['... less handed over to come out', (s) => (s.painted - s.network) / FRAME_MS],
];

export function print(samples: readonly Sample[], wanted: number, tell: (text: string) => void): void {
  tell(`${samples.length} of ${wanted} messages\n`);
  if (samples.length === 0) {
    return;
  }
  for (const [unit, rows] of [
    ['milliseconds', MILLISECONDS],
    ['frames of 16.7 ms', FRAMES],
  ] as const) {
    tell(line(unit, ['p50', 'p90', 'p99']));
    for (const [name, take] of rows) {
      const sorted = samples.map(take).sort((a, b) => a - b);
      tell(
        line(
          `  ${name}`,
          [0.5, 0.9, 0.99].map((part) => quantile(sorted, part).toFixed(2)),
        ),
      );
    }
  }
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}\n`;
}
