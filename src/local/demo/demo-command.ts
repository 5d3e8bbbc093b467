import type { RunRecord } from '../../durable/contracts/run-record';
import { compareWithRawFiles } from './compare';
import { DEMO_FLAGS, parseDemoOptions, UsageError, type DemoOptions } from './demo-options';
import { endOnSignals, type EndSignal } from './demo-signals';
import { explain } from './explain';
import { judgeResult } from './judge-result';
import { landFiles, type Landed } from './land-files';
import { startLocalStack } from './local-stack';
import { Progress } from '../../report/progress';
import { LANDING_CONTAINER, REAL_FILES } from './real-files';
import { renderResult, type DemoResult } from './render-result';
import { groupDigits } from '../../report/render-table';
import { RunClient } from './run-client';

const HELP = `npm run demo -- [flags]

Lands three real files, runs the master over three pipelines, and shows the result.

${DEMO_FLAGS}
  --json                      the result as JSON on standard output; progress on standard error`;

/** `npm run demo`. Ends with 0 where the run succeeded and all figures agree, 1 where not, 2 on wrong flags. */
async function main(): Promise<number> {
  const options = parseDemoOptions(process.argv.slice(3), process.env);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const progress = options.json ? process.stderr : process.stdout;
  const say = (line: string): void => void progress.write(`${line}\n`);
  const end = endOnSignals(() => say('Stopping ...'));
  try {
    const result = await demo(options, end, say, new Progress(progress));
    const problems = judgeResult(result);
    if (options.json) console.log(JSON.stringify({ ...result, problems }, null, 2));
    else say(['', ...renderResult(result), '', verdict(problems)].join('\n'));
    return problems.length === 0 ? 0 : 1;
  } catch (error) {
    const code = end.exitCode();
    if (code !== undefined) return code;
    throw error;
  }
}

async function demo(
  options: DemoOptions,
  { signal }: EndSignal,
  say: (line: string) => void,
  progress: Progress,
): Promise<DemoResult> {
  const stack = await startLocalStack(options, signal, say);
  try {
    signal.throwIfAborted();
    const landed = await landFiles(stack.storageConnectionString, LANDING_CONTAINER, REAL_FILES);
    for (const file of landed) say(describeLanded(file));
    const client = new RunClient(stack.apiUrl);
    const run = await client.start();
    say(`Run started: ${run}`);
    const record: RunRecord = await client.follow(run, (state) => progress.update(state), signal);
    return { run: record, compared: await compareWithRawFiles(stack.warehouseUrl, REAL_FILES) };
  } finally {
    await stack.stop();
  }
}

function describeLanded({ blob, bytes, uploaded }: Landed): string {
  return uploaded ? `Landed ${blob} (${groupDigits(bytes)} bytes)` : `${blob} is there already, unchanged`;
}

function verdict(problems: readonly string[]): string {
  if (problems.length === 0) return 'All rows are accounted for.';
  return problems.join('\n');
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
