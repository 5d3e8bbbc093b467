import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endTestRun } from '../support/jest-global-teardown';
import { TEST_RUN_FOLDER } from '../support/shared-service';
import { manyPartitions } from './many-partitions';
import { manyRuns } from './many-runs';
import { leaksOf, soak } from './soak';

const HELP = `Loads an app on the embedded host: many runs at once, many partitions in one run, and a soak.

Usage: npm run load [-- [runs] [partitions] [soak] [options]]

  --runs <n>         Runs at once. Default: 200
  --partitions <n>   Partitions of one run. Default: 2000
  --minutes <n>      How long the soak goes on. Default: 30
  --help             Show this

Exit code 1 where a run failed, a row is missing, or something leaked.
`;
/** Blobs and table rows that a run leaves on purpose, until maintenance: artifacts, seals, records, checks, audit. */
const KEPT = { blobs: 16, tableRows: 40 };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '200' },
      partitions: { type: 'string', default: '2000' },
      minutes: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const problems: string[] = [];
  const folder = await mkdtemp(path.join(os.tmpdir(), `sluice-test-${process.pid}-`));
  await chmod(folder, 0o711);
  process.env[TEST_RUN_FOLDER] = folder;
  try {
    if (wanted('runs')) {
      const result = await manyRuns(Number(values.runs));
      say(`runs: ${JSON.stringify(result)}`);
      if (result.succeeded !== result.runs || result.rows !== result.runs) problems.push('runs failed or lost rows');
      if (result.refused > 0) problems.push('the database refused connections');
    }
    if (wanted('partitions')) {
      const count = Number(values.partitions);
      const result = await manyPartitions(count);
      say(`partitions: ${JSON.stringify(result)}`);
      if (result.status !== 'Succeeded' || result.loaded !== count * 2 || result.quarantined !== count)
        problems.push('the run of many partitions failed or lost rows');
    }
    if (wanted('soak')) {
      const result = await soak(Number(values.minutes) * 60, 12, (line) => say(`soak: ${line}`));
      if (result.failed > 0) problems.push(`${result.failed} of ${result.runs} runs of the soak failed`);
      problems.push(...leaksOf(result, KEPT));
    }
  } finally {
    await endTestRun(folder);
  }
  for (const problem of problems) say(`FAIL ${problem}`);
  say(problems.length === 0 ? 'ok' : `${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}

void main();
