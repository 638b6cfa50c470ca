// Real browsers under faults: makes the one that FAULTS_ONE names, inside a network namespace that the lab has made, and
// prints a row of the lab's table. Run by `make faults`; see docs/reliability.md.

import { away } from './away.ts';
import { kill } from './kill.ts';
import { Network } from './network.ts';
import { failed, measured, type Told } from './row.ts';
import { start } from './start.ts';
import { udp } from './udp.ts';

const FAULTS: Readonly<Record<string, (network: Network) => Promise<Told>>> = {
  'browser-udp': udp,
  'browser-start': start,
  'browser-away': away,
  'browser-kill': kill,
};

async function row(): Promise<string> {
  const fault = FAULTS[process.env['FAULTS_ONE'] ?? ''];
  if (fault === undefined) {
    return failed('no such fault');
  }
  try {
    return measured(await fault(await Network.open()));
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

process.stdout.write(await row());
