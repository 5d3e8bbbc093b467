import { existsSync } from 'node:fs';
import path from 'node:path';
import { startAzurite } from '../services/azurite';
import { startPostgres } from '../services/postgres';
import { appEnvironment } from './app-environment';
import { endOnSignals } from './demo-signals';
import { explain } from './explain';
import { lockInstance } from './instance-lock';
import { DATA, DATA_FOLDER } from './repository';

/**
 * The embedded services alone, without the app, on ports of their own: for `sluice plan` between two runs of the host.
 * Writes one line of settings as JSON on standard output when they answer, and ends them when standard input ends. Ends with
 * 3 where there is no data to look at yet.
 */
async function main(): Promise<number> {
  if (!existsSync(DATA.postgres)) return 3;
  const closers = [await lockInstance(DATA_FOLDER)];
  const end = endOnSignals(() => undefined);
  try {
    const warehouse = await startPostgres({ folder: DATA.postgres, port: 0, database: 'warehouse' });
    closers.push(() => warehouse.stop());
    const folder = path.join(DATA.host, 'azurite');
    const azurite = await startAzurite({ folder, blobPort: 0, queuePort: 0, tablePort: 0 });
    closers.push(() => azurite.stop());
    const values = { ...appEnvironment(warehouse), AzureWebJobsStorage: azurite.connectionString };
    process.stdout.write(`${JSON.stringify({ Values: values })}\n`);
    await new Promise<void>((resolve) => {
      process.stdin.on('end', resolve).on('error', resolve).resume();
      end.signal.addEventListener('abort', () => resolve());
    });
    return end.exitCode() ?? 0;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error));
    process.exit(1);
  },
);
