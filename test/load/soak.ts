import { setTimeout as sleep } from 'node:timers/promises';
import { loadPipeline, startLoadApp, type Holdings } from './load-app';

/** A soak: what the host held, from time to time. */
export interface Soak {
  readonly runs: number;
  readonly failed: number;
  readonly samples: readonly { readonly seconds: number; readonly runs: number; readonly holdings: Holdings }[];
}

const PIPELINES = ['a', 'b', 'c', 'd'];
const ROWS = 200;
/** Open files of a host that keeps as many journals open as it may, with all else. */
const JOURNALS = 340;

/** Runs pipelines one after the other, four at a time, for so long; `tell` hears of each sample. */
export async function soak(seconds: number, samples: number, tell: (line: string) => void = () => {}): Promise<Soak> {
  const load = await startLoadApp(8);
  const result = { runs: 0, failed: 0, samples: [] as { seconds: number; runs: number; holdings: Holdings }[] };
  try {
    for (const name of PIPELINES) await load.writePipeline(name, loadPipeline(name));
    const began = performance.now();
    const passed = (): number => (performance.now() - began) / 1000;
    const sample = async (): Promise<void> => {
      // What a run leaves behind for a moment, such as idle sockets, is no leak.
      await sleep(1000);
      const holdings = await load.holdings();
      result.samples.push({ seconds: passed(), runs: result.runs, holdings });
      tell(`${passed().toFixed(0)} s, ${result.runs} runs: ${JSON.stringify(holdings)}`);
    };
    let next = 0;
    for (let delivery = 0; passed() < seconds; delivery += 1) {
      for (const name of PIPELINES) {
        const lines = Array.from({ length: ROWS }, (_, row) => `${row % 20 === 0 ? -1 : delivery * ROWS + row},x`);
        await load.land(`${name}/file.csv`, `id,name\n${lines.join('\n')}\n`);
      }
      const ids = await Promise.all(PIPELINES.map((name) => load.app.start({ pipelines: [name] })));
      const ended = await Promise.all(ids.map((id) => load.app.ended(id, 300)));
      result.runs += ended.length;
      result.failed += ended.filter(({ status }) => status !== 'Succeeded').length;
      if (passed() >= next) {
        await sample();
        next += seconds / samples;
      }
    }
    await sample();
    return result;
  } finally {
    await load.stop();
  }
}

/** What grew between two samples that should not have, as texts; rows and blobs of runs are kept on purpose and grow with them. */
export function leaksOf({ samples }: Soak, perRun: { readonly blobs: number; readonly tableRows: number }): string[] {
  // The first samples still compile and fill caches.
  const from = samples[Math.floor(samples.length / 3)];
  const to = samples.at(-1);
  if (from === undefined || to === undefined) return ['there are no samples'];
  const runs = to.runs - from.runs;
  const found: string[] = [];
  const grown = (what: keyof Holdings, most: number): void => {
    const growth = to.holdings[what] - from.holdings[what];
    if (growth > most) found.push(`${what} grew by ${growth} in ${runs} runs, ${most} are expected at most`);
  };
  grown('memoryBytes', Math.max(64 * 2 ** 20, from.holdings.memoryBytes * 0.15));
  grown('files', Math.max(20, JOURNALS - from.holdings.files));
  grown('connections', 0);
  grown('staging', 0);
  grown('scratch', 4);
  grown('blobs', runs * perRun.blobs);
  grown('tableRows', runs * perRun.tableRows);
  return found;
}
