import { rm } from 'node:fs/promises';
import { removePostgres } from '../services/postgres';
import { explain } from './explain';
import { lockInstance } from './instance-lock';
import { DATA_FOLDER, POSTGRES_FOLDER } from './repository';

/** `npm run reset`: removes all data of the embedded services, also where they are kept elsewhere. */
async function reset(): Promise<void> {
  await lockInstance(DATA_FOLDER);
  await removePostgres(POSTGRES_FOLDER);
  await rm(DATA_FOLDER, { recursive: true, force: true, maxRetries: 3 });
  console.log(`Removed ${DATA_FOLDER}.`);
}

reset().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
