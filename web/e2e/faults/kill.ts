// The server is killed and started again while one page writes and another reads.

import { Couple, type Flood } from './flood.ts';
import { median, sum, type Told } from './row.ts';
import { BROWSERS, stands, tell, until, withBrowser, withServer } from './scene.ts';
import { setting } from './settings.ts';

const BETWEEN = 15;

interface Run extends Flood {
  readonly engine: string;
  readonly backMs: readonly number[];
}

export async function kill(): Promise<Told> {
  const kills = setting('FAULTS_KILLS', 5);
  const runs: Run[] = [];
  for (const engine of BROWSERS) {
    runs.push(await run(engine, kills));
  }
  return {
    done: `${kills} times in each: ${runs.map(told).join('; ')}`,
    verdict: sum(runs.map(({ verdict }) => verdict)),
    wrong: runs.flatMap(wrong),
  };
}

async function run(engine: (typeof BROWSERS)[number], kills: number): Promise<Run> {
  return await withServer([], (server) =>
    withBrowser(engine, async (browser) => {
      const couple = await Couple.enter(server, browser, 'kill');
      await couple.begin();
      const backMs: number[] = [];
      for (let n = 0; n < kills; n += 1) {
        await couple.progress(BETWEEN);
        await server.kill();
        await server.up();
        const written = await couple.written();
        // A message that was written after the start has come through to both: both are back.
        const pages = [couple.writer, couple.reader];
        const back = async (): Promise<boolean> => {
          const now = await Promise.all(pages.map(stands));
          return now.every(({ newest, on }) => newest > written && on !== 'none');
        };
        backMs.push(await until('both pages are back', back));
        tell(`${engine}: killed ${n + 1} of ${kills}, back after ${Math.round(backMs.at(-1) ?? 0)} ms`);
      }
      await couple.progress(BETWEEN);
      return { engine, backMs, ...(await couple.end()) };
    }),
  );
}

function told({ engine, backMs, writerGapMs, readerGapMs }: Run): string {
  const longest = Math.max(writerGapMs, readerGapMs);
  const back = `back ${Math.round(median(backMs))} ms (median), ${Math.round(Math.max(...backMs))} ms (longest) after the start`;
  return `${engine}: ${back}, longest gap ${Math.round(longest)} ms`;
}

function wrong({ engine, verdict, comings }: Run): string[] {
  const { lost, doubled, reordered } = verdict;
  return [
    ...(lost + doubled + reordered > 0 ? [`${engine}: not every message once and in order`] : []),
    ...comings.map((text) => `${engine}: the room said "${text}" of somebody who had not gone`),
  ];
}
