import { once } from 'node:events';
import { DEMO_FLAGS, parseDemoOptions, UsageError } from './demo-options';
import { endOnSignals } from './demo-signals';
import { explain } from './explain';
import { landFiles } from './land-files';
import { startLocalStack } from './local-stack';
import { LANDING_CONTAINER, REAL_FILES } from './real-files';

const HELP = `npm start -- [flags]

Starts the app on the embedded host with Azurite and PostgreSQL, lands the demo's files, and stays up until Ctrl-C.

${DEMO_FLAGS}`;

/** `npm start`. */
async function main(): Promise<number> {
  const options = parseDemoOptions(process.argv.slice(3), process.env);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  // Not console.log, which is the app's own while it runs.
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const end = endOnSignals(() => say('Stopping ...'));
  try {
    const stack = await startLocalStack(options, end.signal, say);
    try {
      await landFiles(stack.storageConnectionString, LANDING_CONTAINER, REAL_FILES);
      say(welcome(stack.apiUrl, stack.warehouseUrl));
      if (!end.signal.aborted) await once(end.signal, 'abort');
    } finally {
      await stack.stop();
    }
    return 0;
  } catch (error) {
    const code = end.exitCode();
    if (code !== undefined) return code;
    throw error;
  }
}

function welcome(apiUrl: string, warehouseUrl: string): string {
  return [
    '',
    `API         ${apiUrl}`,
    `Warehouse   ${warehouseUrl}`,
    '',
    'Land a file:  npx sluice land orders.csv landing:orders/',
    'Start a run:  npx sluice run            or POST an empty object to /api/runs',
    'See runs:     npx sluice runs',
    '',
    'Ctrl-C ends.',
  ].join('\n');
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
