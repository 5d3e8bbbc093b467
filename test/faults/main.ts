import { chmod, mkdtemp, writeFile, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endTestRun } from '../support/jest-global-teardown';
import { TEST_RUN_FOLDER } from '../support/shared-service';
import { everything, some, usual } from './support/choices';
import { COMBINATIONS, SOURCES, TARGETS, titleOf, type Combination } from './support/combinations';
import { renderDifferences, renderResults } from './support/report';
import { tryCombination, type Choice, type Result } from './support/trials';
import { startWorld } from './support/world';

const HELP = `Interrupts pipelines at every checkpoint and compares what they leave with a run that nobody interrupted.

Usage: npm run faults [-- [name ...] [options]]

  name ...        Only combinations whose title holds one of these, such as "blob csv" or "postgres scd2"
  --list          Show the combinations
  --full          Every point of every combination: hours
  --most <n>      At most so many faults for each combination, spread evenly
  --workers <n>   Hosts at once. Default: one for each processor, at least two
  --help          Show this
`;

/** `npm run faults`: exit code 1 where anything differed. Results go to `.sluice/faults/results.md` too. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      most: { type: 'string' },
      workers: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const chosen = COMBINATIONS.filter(
    (one) => positionals.length === 0 || positionals.some((text) => titleOf(one).includes(text)),
  ).toSorted((one, other) => weightOf(other) - weightOf(one));
  if (values.list) return void process.stdout.write(`${chosen.map(titleOf).join('\n')}\n`);
  const choiceOf = (one: Combination): Choice => {
    const all = values.full ? everything : usual(one);
    return values.most === undefined ? all : some(all, Number(values.most));
  };
  const folder = await mkdtemp(path.join(os.tmpdir(), `sluice-test-${process.pid}-`));
  await chmod(folder, 0o711);
  process.env[TEST_RUN_FOLDER] = folder;
  const results: Result[] = [];
  const waiting = [...chosen];
  const worker = async (): Promise<void> => {
    const world = await startWorld();
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const result = await tryCombination(world, next, choiceOf(next)).catch((error: unknown) => broken(next, error));
        results.push(result);
        await keepResults(results);
        process.stdout.write(
          `${result.differing.length === 0 ? 'ok  ' : 'FAIL'} ${result.title}: ${result.survived} of ${result.tried} survived, ${result.unreached.length} not reached (${Math.round(result.seconds)} s)\n${renderDifferences([result])}`,
        );
      }
    } finally {
      await world.stop();
    }
  };
  try {
    const count = Number(values.workers ?? Math.max(2, os.availableParallelism()));
    await Promise.all(Array.from({ length: Math.min(count, chosen.length) }, worker));
  } finally {
    await endTestRun(folder);
  }
  process.stdout.write(`\n${await keepResults(results)}`);
  if (results.some(({ differing }) => differing.length > 0)) process.exitCode = 1;
}

/** Writes what is known so far, in the order of the combinations, and gives the table. */
async function keepResults(results: readonly Result[]): Promise<string> {
  const order = new Map(COMBINATIONS.map((one, index) => [titleOf(one), index]));
  const sorted = results.toSorted((one, other) => (order.get(one.title) ?? 0) - (order.get(other.title) ?? 0));
  const table = renderResults(sorted);
  const place = path.join(__dirname, '../../.sluice/faults');
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, 'results.md'), `${table}\n${renderDifferences(sorted)}`);
  return table;
}

/** A combination that could not be tried at all. */
function broken(one: Combination, error: unknown): Result {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { title: titleOf(one), points: 0, tried: 0, survived: 0, unreached: [], differing: [text], seconds: 0 };
}

/** The long ones first, so that none is left alone at the end. */
function weightOf({ source, target }: Combination): number {
  return Number(source === SOURCES[0]) + Number(target === TARGETS[0]);
}

void main();
