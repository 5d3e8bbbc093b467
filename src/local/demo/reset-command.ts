import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { stopAzurite } from '../services/azurite';
import { removePostgres } from '../services/postgres';
import { explain } from './explain';
import { lockInstance } from './instance-lock';
import { DATA, DATA_FOLDER } from './repository';

/**
 * `npm run reset`: removes all data of the embedded services, also where they are kept elsewhere, and ends services that
 * a killed process left running. Only what these commands made is removed, in case the folder holds something else.
 */
async function reset(): Promise<void> {
  const unlock = await lockInstance(DATA_FOLDER);
  await removePostgres(DATA.postgres);
  await stopAzurite(path.join(DATA.host, 'azurite'));
  for (const part of Object.values(DATA)) await rm(part, { recursive: true, force: true, maxRetries: 3 });
  await unlock();
  await rmdir(DATA_FOLDER).catch(() => undefined);
  console.log(`Removed the data of the embedded services in ${DATA_FOLDER}.`);
}

reset().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
