import { readdir, readFile, rm, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** What a host holds at one moment. */
export interface Holdings {
  readonly memoryBytes: number;
  /** Open files and sockets; the embedded host keeps up to 256 journals open. */
  readonly files: number;
  /** Connections to the database that Sluice holds. */
  readonly connections: number;
  readonly blobs: number;
  readonly tableRows: number;
  /** Tables of staging; what is kept for an undo, for seven days, does not count. */
  readonly staging: number;
  /** Folders and files that the engine left. */
  readonly scratch: number;
}

/** A whole app that is loaded on purpose. */
export interface LoadApp {
  readonly app: SluiceApp;
  writePipeline(name: string, yaml: string): Promise<void>;
  land(name: string, content: string): Promise<void>;
  /** Connections of Sluice to the database right now. */
  connections(): Promise<number>;
  holdings(): Promise<Holdings>;
  stop(): Promise<void>;
}

const connectionsYaml = (maxPartitions: number): string => `connections:
  landing: { kind: blob, container: landing }
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
    maxPartitions: ${maxPartitions}
`;

/** Starts one whose warehouse takes so many partitions at once. */
export async function startLoadApp(maxPartitions: number): Promise<LoadApp> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-load-'));
  const temp = await mkdtemp(path.join(folder, 'temp-'));
  const pipelines = await mkdtemp(path.join(folder, 'pipelines-'));
  await writeFile(path.join(pipelines, 'connections.yaml'), connectionsYaml(maxPartitions));
  const app = await startSluiceApp({ pipelines, env: { SLUICE_TEMP_FOLDER: temp } });
  const blobs = BlobServiceClient.fromConnectionString(app.storage.connectionString);
  const landing = blobs.getContainerClient('landing');
  await landing.createIfNotExists();
  const connections = async (): Promise<number> => {
    const [row] = await app.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = current_database()`,
    );
    return row?.n ?? 0;
  };
  return {
    app,
    writePipeline: (name, yaml) => writeFile(path.join(app.pipelinesFolder, `${name}.yaml`), yaml),
    land: async (name, content) => {
      await landing.getBlockBlobClient(name).upload(content, Buffer.byteLength(content));
    },
    connections,
    holdings: async () => ({
      memoryBytes: await residentBytes(app.pid()),
      files: (await readdir(`/proc/${app.pid()}/fd`).catch(() => [])).length,
      connections: await connections(),
      blobs: await countBlobs(blobs),
      tableRows: await countRows(app.storage.connectionString),
      staging: await countStaging(app),
      scratch: (await readdir(temp, { recursive: true })).length,
    }),
    stop: async () => {
      await app.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The pipeline of a load: `files` of its own, by append, into a table of its own. */
export function loadPipeline(name: string, partitions = 1): string {
  return `pipeline: ${name}
source: { connection: landing, files: '${name}/*.csv', incremental: { by: file }, partitions: { min: ${partitions} } }
transform: [{ cast: { id: integer } }]
checks: [{ notNull: [id] }, { range: { column: id, min: 0 } }]
quarantine: { maxShare: 50% }
target: { connection: warehouse, table: mart.${name}, writeDisposition: append }
`;
}

/** Linux alone tells it; NaN elsewhere. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

async function countBlobs(service: BlobServiceClient): Promise<number> {
  let count = 0;
  for await (const container of service.listContainers()) {
    for await (const _ of service.getContainerClient(container.name).listBlobsFlat()) count += 1;
  }
  return count;
}

async function countRows(connectionString: string): Promise<number> {
  const insecure = { allowInsecureConnection: true };
  let count = 0;
  for await (const { name = '' } of TableServiceClient.fromConnectionString(connectionString, insecure).listTables()) {
    const table = TableClient.fromConnectionString(connectionString, name, insecure);
    for await (const _ of table.listEntities({ queryOptions: { select: ['PartitionKey'] } })) count += 1;
  }
  return count;
}

async function countStaging(app: SluiceApp): Promise<number> {
  const [row] = await app.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sluice_staging' AND c.relkind = 'r'
        AND c.relname !~ '^[bg]_[0-9]+$'`,
  );
  return row?.n ?? 0;
}
