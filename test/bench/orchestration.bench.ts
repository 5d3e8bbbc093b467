import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replay, type RecordedInstance } from '../replay/replay';
import { startSluiceApp } from '../support/sluice-app';
import type { BenchSection } from './bench-section';
import { renderLines } from './plot';

const PARTITIONS = [1, 10, 64, 200, 500, 1_000, 2_000] as const;
const WARM_UP = 65;
const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  lake: { kind: blob, container: lake }
`;

interface Cost {
  readonly partitions: number;
  readonly seconds: number;
  readonly instances: number;
  readonly bytes: number;
  readonly events: number;
  readonly largestBytes: number;
  readonly replayMs: number;
}

/** Runs of pipelines whose activities do nothing: what the orchestration itself costs. */
export async function run(): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-orchestration-'));
  const recording = path.join(folder, 'recording');
  const pipelines = path.join(folder, 'pipelines');
  await Promise.all([mkdir(recording), mkdir(pipelines)]);
  await writeFile(path.join(pipelines, 'connections.yaml'), CONNECTIONS);
  for (const count of [WARM_UP, ...PARTITIONS]) {
    await writeFile(
      path.join(pipelines, `p${count}.yaml`),
      `pipeline: p${count}\nsource: { connection: landing, files: 'x/*.csv' }\ntarget: { connection: lake, path: p${count}, writeDisposition: replace }\n`,
    );
  }
  const preloads = [path.join(__dirname, 'apps/no-op-activities.cjs')];
  const recorder = path.join(__dirname, '../support/durable/history-recorder.cjs');
  const costs: Cost[] = [];
  try {
    // Timed without the recorder, which costs time; recorded in a second run.
    const seconds = await measure(pipelines, preloads, {}, PARTITIONS);
    await measure(pipelines, [...preloads, recorder], { SLUICE_RECORDING: recording }, PARTITIONS);
    const recorded = await recordedIn(recording);
    for (const [index, partitions] of PARTITIONS.entries()) {
      const own = recorded.filter(({ runPartitions }) => runPartitions === partitions);
      const largest = own.toSorted((one, other) => other.bytes - one.bytes)[0]!;
      costs.push({
        partitions,
        seconds: seconds[index]!,
        instances: own.length,
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        events: largest.instance.history.length,
        largestBytes: largest.bytes,
        replayMs: await replayMs(largest.instance),
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return section(costs);
}

async function measure(
  pipelines: string,
  preloads: readonly string[],
  env: Record<string, string>,
  sizes: readonly number[],
): Promise<number[]> {
  const NODE_OPTIONS = preloads.map((file) => `--require "${file}"`).join(' ');
  const app = await startSluiceApp({ pipelines, env: { NODE_OPTIONS, ...env } });
  const one = async (partitions: number): Promise<number> => {
    const began = performance.now();
    const runId = await app.start({ pipelines: [`p${partitions}`] });
    for (;;) {
      // The run record is written by an activity, and those do nothing here: the durable API knows.
      const { json } = await app.request('GET', `/runtime/webhooks/durabletask/instances/${runId}?showInput=false`);
      if (json.runtimeStatus === 'Completed') return (performance.now() - began) / 1000;
      if (json.runtimeStatus !== 'Running' && json.runtimeStatus !== 'Pending') throw new Error(JSON.stringify(json));
      await sleep(10);
    }
  };
  try {
    // Compiles what the first run compiles.
    if (sizes.length > 1) await one(WARM_UP);
    const seconds: number[] = [];
    for (const partitions of sizes) seconds.push(await one(partitions));
    return seconds;
  } finally {
    await app.stop();
  }
}

async function recordedIn(
  folder: string,
): Promise<{ instance: RecordedInstance; bytes: number; runPartitions: number }[]> {
  const instances: RecordedInstance[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json')))
    instances.push(JSON.parse(await readFile(path.join(folder, name), 'utf8')) as RecordedInstance);
  const runs = new Map<string, number>();
  for (const { instanceId, input } of instances) {
    const pipeline = (input as { pipeline?: string }).pipeline;
    if (pipeline !== undefined) runs.set(instanceId.split('.')[0]!, Number(pipeline.slice(1)));
  }
  return instances.flatMap((instance) => {
    const runPartitions = runs.get(instance.instanceId.split('.')[0]!);
    if (runPartitions === undefined) return [];
    return [{ instance, bytes: JSON.stringify(instance.history).length, runPartitions }];
  });
}

/** One replay from the beginning to the end, as the last episode does; the best of several. */
async function replayMs(instance: RecordedInstance): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round += 1) {
    const began = performance.now();
    await replay(instance);
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

function section(costs: readonly Cost[]): BenchSection {
  const last = costs.at(-1)!;
  const base = costs.find(({ partitions }) => partitions === 64) ?? last;
  const each = ({ seconds, partitions }: Cost): number => (seconds * 1000) / partitions;
  return {
    title: "The orchestration's own cost",
    intro:
      "Runs of the app's own orchestrations and entities on the embedded host, whose activities do nothing: from the request until the run is complete. Each partition is three activities (extract, transform, stage); each window of 64 is an orchestration of its own for each of them. Every record is on disk before it is acted upon. History is what the SDK is given, as JSON.",
    columns: [
      'partitions',
      'seconds',
      'ms per partition',
      'ratio to 64',
      'instances',
      'history of all',
      'largest history',
      'its events',
      'its replay',
    ],
    rows: costs.map((cost) => [
      cost.partitions.toLocaleString('en'),
      cost.seconds.toFixed(2),
      each(cost).toFixed(1),
      (each(cost) / each(base)).toFixed(2),
      String(cost.instances),
      `${Math.round(cost.bytes / 1024).toLocaleString('en')} KB`,
      `${Math.round(cost.largestBytes / 1024)} KB`,
      String(cost.events),
      `${cost.replayMs.toFixed(1)} ms`,
    ]),
    plots: [
      {
        file: 'orchestration.svg',
        alt: 'Seconds over partitions',
        svg: renderLines({
          title: 'A run of no-op activities',
          x: { label: 'partitions', values: costs.map(({ partitions }) => partitions), logarithmic: true },
          y: { label: 'seconds', logarithmic: true },
          lines: [{ name: 'seconds', values: costs.map(({ seconds }) => seconds) }],
        }),
      },
    ],
    notes: [
      `Linear: a partition costs ${each(last).toFixed(1)} ms with 2,000 of them, ${each(base).toFixed(1)} ms with 64. What a run costs before its first partition is in the first row.`,
      'No history grows with the number of partitions beyond a window, so that neither does the time of a replay.',
      'This is the embedded host on one machine. In Azure each hop goes through storage queues and takes longer; the number of hops is the same.',
    ],
  };
}
