import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedService, testRunFolder } from './shared-service';

/** The Azurite of this Jest run. */
export interface TestStorage {
  readonly pid: number;
  /** For `BlobServiceClient.fromConnectionString` and its like; plain HTTP, so tables need `allowInsecureConnection`. */
  readonly connectionString: string;
  readonly accountName: string;
  readonly accountKey: string;
  /** `http://127.0.0.1:<port>/devstoreaccount1` */
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly tableEndpoint: string;
}

/** Public, the same on every Azurite: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const START_TIMEOUT_MS = 60_000;
/** Further accounts of the same server; `claimStorageAccount` hands each out once. */
const FURTHER_ACCOUNTS = Array.from({ length: 200 }, (_, index) => `sluicetest${index}`);

/** The Azurite of this Jest run, in memory, started by the first test that asks. Use names of your own: `uniqueName`. */
export async function testStorage(): Promise<TestStorage> {
  return sharedService('azurite', startAzurite);
}

/**
 * A storage account that nobody else has in this Jest run: for tests that run a whole app, whose containers, tables and
 * host locks would meet those of another test.
 */
export async function claimStorageAccount(): Promise<TestStorage> {
  const storage = await testStorage();
  for (const name of FURTHER_ACCOUNTS) {
    const mine = await mkdir(path.join(testRunFolder(), `${name}.claimed`)).then(
      () => true,
      () => false,
    );
    if (!mine) continue;
    const own = (endpoint: string): string => endpoint.replace(`/${ACCOUNT}`, `/${name}`);
    return {
      ...storage,
      accountName: name,
      connectionString: storage.connectionString
        .replace(`AccountName=${ACCOUNT}`, `AccountName=${name}`)
        .replaceAll(`/${ACCOUNT}`, `/${name}`),
      blobEndpoint: own(storage.blobEndpoint),
      queueEndpoint: own(storage.queueEndpoint),
      tableEndpoint: own(storage.tableEndpoint),
    };
  }
  throw new Error(`All ${FURTHER_ACCOUNTS.length} storage accounts of this test run are taken.`);
}

/** A container, queue or table name that no other test has: letters and digits only, at most 63. */
export function uniqueName(prefix: string): string {
  return `${prefix.replace(/[^a-z0-9]/g, '').slice(0, 40)}${randomBytes(8).toString('hex')}`;
}

async function startAzurite(folder: string): Promise<TestStorage> {
  await mkdir(folder, { recursive: true });
  const log = path.join(folder, 'azurite.log');
  const output = await open(log, 'a');
  const main = path.join(__dirname, '../../node_modules/azurite/dist/src/azurite.js');
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const flags = ['--silent', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'];
  // Detached and writing to a file, since it outlives the worker that starts it.
  const azurite = spawn(process.execPath, [main, ...flags, ...ports], {
    cwd: folder,
    env: { ...process.env, AZURITE_ACCOUNTS: [ACCOUNT, ...FURTHER_ACCOUNTS].map((name) => `${name}:${KEY}`).join(';') },
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  azurite.unref();
  await output.close();
  const endpoints = await readEndpoints(log, () => azurite.exitCode !== null);
  if (azurite.pid === undefined) throw new Error('Azurite has no process id.');
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${KEY}`,
    `BlobEndpoint=${endpoints.blobEndpoint}`,
    `QueueEndpoint=${endpoints.queueEndpoint}`,
    `TableEndpoint=${endpoints.tableEndpoint}`,
  ].join(';');
  return { pid: azurite.pid, connectionString, accountName: ACCOUNT, accountKey: KEY, ...endpoints };
}

async function readEndpoints(log: string, ended: () => boolean) {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline && !ended(); await sleep(25)) {
    const text = await readFile(log, 'utf8');
    const [blob, queue, table] = ['Blob', 'Queue', 'Table'].map(
      (service) => new RegExp(`Azurite ${service} service is successfully listening at (\\S+)`).exec(text)?.[1],
    );
    if (blob !== undefined && queue !== undefined && table !== undefined) {
      return {
        blobEndpoint: `${blob}/${ACCOUNT}`,
        queueEndpoint: `${queue}/${ACCOUNT}`,
        tableEndpoint: `${table}/${ACCOUNT}`,
      };
    }
  }
  throw new Error(`Azurite did not become ready: ${await readFile(log, 'utf8')}`);
}
