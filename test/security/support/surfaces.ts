import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { DuckDBInstance } from '@duckdb/node-api';
import type { SluiceApp } from '../../support/sluice-app';

/** What left the app to servers that only take. */
export interface Sent {
  readonly telemetry: readonly unknown[];
  readonly messages: readonly string[];
}

/** A place where something could come to light that should not. */
export interface Surface {
  readonly name: string;
  /** Everything that can be read there, as texts. */
  read(app: SluiceApp, sent: Sent): Promise<readonly string[]>;
}

const INSECURE = { allowInsecureConnection: true };

/**
 * Every place to search, one entry each: whoever adds one to the product adds it here. Not among them, since data belongs there: the data of
 * artifacts (but for quarantined rows, which are searched), the tables that are loaded, and the files that were landed.
 */
export const SURFACES: readonly Surface[] = [
  { name: 'the log of host and app', read: async (app) => [await app.log()] },
  {
    name: 'journals of orchestrations and entities',
    read: (app) => filesBelow(path.join(app.pipelinesFolder, '../data')),
  },
  { name: 'the management API, with histories, inputs and outputs', read: histories },
  { name: 'answers of the API', read: answers },
  { name: 'tables of the app: runs, ledger, audit, quarantine index, watermarks', read: entities },
  { name: 'names and metadata of blobs', read: async (app) => (await blobsOf(app)).map(({ what }) => what) },
  { name: 'blobs of the app that are no rows: plans, manifests, definitions', read: documents },
  { name: 'quarantined rows at rest', read: quarantined },
  { name: 'the ledger in the target, and comments on tables', read: ledger },
  { name: 'messages of alerts', read: (_, { messages }) => Promise.resolve(messages) },
  {
    name: 'telemetry',
    read: (_, { telemetry }) => Promise.resolve(telemetry.map((envelope) => JSON.stringify(envelope))),
  },
];

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => `${file}\n${await readFile(file, 'latin1')}\n${await readFile(file, 'utf8')}`),
  );
}

async function histories(app: SluiceApp): Promise<string[]> {
  const base = '/runtime/webhooks/durabletask';
  const list = await app.request('GET', `${base}/instances?showInput=true&top=1000`);
  const ids = (list.json as { instanceId: string }[]).map(({ instanceId }) => instanceId);
  if (ids.length === 0) throw new Error('There are no instances: nothing was searched.');
  const query = 'showInput=true&showHistory=true&showHistoryOutput=true';
  const each = ids.map(async (id) =>
    JSON.stringify((await app.request('GET', `${base}/instances/${encodeURIComponent(id)}?${query}`)).json),
  );
  return [JSON.stringify(list.json), ...(await Promise.all(each))];
}

async function answers(app: SluiceApp): Promise<string[]> {
  const read = async (route: string) => {
    const { status, headers, json } = await app.request('GET', `/api/${route}`);
    return { json, text: `${route} ${status} ${JSON.stringify([...headers])} ${JSON.stringify(json)}` };
  };
  const runs = await read('runs?limit=100');
  const pipelines = await read('pipelines');
  const batches = await read('quarantine?limit=200');
  const alerts = await read('alerts?limit=200');
  const of = <T>(list: unknown, key: string): T[] => (list as Record<string, T[]>)[key] ?? [];
  const routes = [
    ...of<{ runId: string }>(runs.json, 'runs').flatMap(({ runId }) => [
      `runs/${runId}`,
      `runs/${runId}/checks`,
      `runs/${runId}/cost`,
    ]),
    ...of<{ pipeline: string }>(pipelines.json, 'pipelines').flatMap(({ pipeline }) => [
      `pipelines/${pipeline}`,
      `pipelines/${pipeline}/checks`,
      `pipelines/${pipeline}/schema`,
      `pipelines/${pipeline}/versions`,
    ]),
    ...of<{ batch: string }>(batches.json, 'batches').flatMap(({ batch }) => [
      `quarantine/${batch}`,
      `quarantine/${batch}/rows`,
    ]),
    ...of<{ id: string }>(alerts.json, 'alerts').map(({ id }) => `alerts/${id}`),
    ...['breakers', 'health', 'health/details', 'backfills', 'audit', 'slas', 'approvals', 'slots', 'me'],
    ...['openapi.json', 'costs', 'costs?by=pipeline', 'costs/findings'],
  ];
  const each: string[] = [];
  while (routes.length > 0) {
    const some = await Promise.all(routes.splice(0, 10).map(read));
    each.push(...some.map(({ text }) => text));
  }
  const pages = ['dashboard', 'docs'].map(async (page) => (await fetch(`${app.baseUrl}/api/${page}`)).text());
  return [runs.text, pipelines.text, batches.text, alerts.text, ...each, ...(await Promise.all(pages))];
}

async function entities(app: SluiceApp): Promise<string[]> {
  const { connectionString } = app.storage;
  const texts: string[] = [];
  for await (const { name = '' } of TableServiceClient.fromConnectionString(connectionString, INSECURE).listTables()) {
    // The table that a pipeline reads holds people, as it should.
    if (name === 'people') continue;
    for await (const entity of TableClient.fromConnectionString(connectionString, name, INSECURE).listEntities()) {
      texts.push(
        `${name} ${JSON.stringify(entity, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
    }
  }
  if (texts.length === 0) throw new Error('There are no entities: nothing was searched.');
  return texts;
}

interface FoundBlob {
  readonly container: string;
  readonly name: string;
  readonly what: string;
}

async function blobsOf(app: SluiceApp): Promise<FoundBlob[]> {
  const found: FoundBlob[] = [];
  const service = BlobServiceClient.fromConnectionString(app.storage.connectionString);
  for await (const { name: container } of service.listContainers()) {
    for await (const blob of service.getContainerClient(container).listBlobsFlat({ includeMetadata: true })) {
      found.push({
        container,
        name: blob.name,
        what: `${container}/${blob.name} ${JSON.stringify(blob.metadata ?? {})}`,
      });
    }
  }
  return found;
}

const contentOf = async (app: SluiceApp, { container, name }: FoundBlob): Promise<Buffer> => {
  const service = BlobServiceClient.fromConnectionString(app.storage.connectionString);
  return service.getContainerClient(container).getBlobClient(name).downloadToBuffer();
};

async function documents(app: SluiceApp): Promise<string[]> {
  const blobs = (await blobsOf(app)).filter(
    ({ container, name }) => container !== 'landing' && !name.endsWith('.parquet'),
  );
  if (blobs.length === 0) throw new Error('There are no documents: nothing was searched.');
  return Promise.all(blobs.map(async (blob) => `${blob.name}\n${(await contentOf(app, blob)).toString('utf8')}`));
}

/** Rows of every artifact of quarantined rows. What the app needs to load a masked row later is kept apart, as `originals`. */
async function quarantined(app: SluiceApp): Promise<string[]> {
  const blobs = (await blobsOf(app)).filter(({ name }) => /quarantine[^/]*\.parquet$|\/quarantine[^/]*\//.test(name));
  if (blobs.length === 0) throw new Error('There are no quarantined rows: nothing was searched.');
  const { writeFile, mkdtemp, rm } = await import('node:fs/promises');
  const folder = await mkdtemp(path.join(app.pipelinesFolder, '../quarantine-'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const texts: string[] = [];
    for (const [index, blob] of blobs.entries()) {
      const file = path.join(folder, `${index}.parquet`);
      await writeFile(file, await contentOf(app, blob));
      const rows = await connection.runAndReadAll(`SELECT CAST(t AS VARCHAR) FROM read_parquet('${file}') AS t`);
      texts.push(`${blob.name}\n${rows.getRows().join('\n')}`);
    }
    return texts;
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true });
  }
}

async function ledger(app: SluiceApp): Promise<string[]> {
  const rows = await app.database.query('SELECT * FROM sluice.sluice_ledger');
  if (rows.length === 0) throw new Error('The ledger is empty: nothing was searched.');
  const comments = await app.database.query(
    'SELECT description FROM pg_description JOIN pg_class ON objoid = pg_class.oid',
  );
  return [...rows, ...comments].map((row) => JSON.stringify(row));
}
