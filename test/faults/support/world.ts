import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { DuckDBInstance } from '@duckdb/node-api';
import { startSluiceApp, type SluiceApp } from '../../support/sluice-app';
import type { Row } from './combinations';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  lake: { kind: blob, container: lake }
  entities: { kind: tables }
  inbox: { kind: folder, path: '\${env:FAULTS_INBOX}' }
  shop: { kind: http, baseUrl: '\${env:FAULTS_SHOP}' }
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
`;

/** A whole app with one of every source and target, whose host can be ended at any point. */
export interface World {
  readonly app: SluiceApp;
  /** Where `checkpoints.cjs` reads its orders. */
  readonly orders: string;
  /** Puts these pipelines, by name, in place of those that were there. */
  setPipelines(yamls: Readonly<Record<string, string>>): Promise<void>;
  land(container: string, name: string, content: Buffer): Promise<void>;
  writeInbox(name: string, content: Buffer): Promise<void>;
  insertSource(table: string, rows: readonly Row[]): Promise<void>;
  serve(pipeline: string, rows: readonly Row[]): void;
  upsertEntities(table: string, rows: readonly Row[]): Promise<void>;
  parquetOf(rows: readonly Row[]): Promise<Buffer>;
  /** Runs a query over local or in-memory data. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  blobs(container: string, prefix: string): Promise<Map<string, Buffer>>;
  entities(table: string, filter?: string): Promise<Record<string, unknown>[]>;
  /** A file of this world's own. */
  scratch(name: string): string;
  stop(): Promise<void>;
}

/** Starts a world. `env` are further settings of the app. */
export async function startWorld(env: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-world-'));
  const [orders, inbox, pipelines] = ['orders', 'inbox', 'pipelines'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([orders, inbox, pipelines].map((one) => mkdir(one)));
  await writeFile(path.join(pipelines, 'connections.yaml'), CONNECTIONS);
  const pages = new Map<string, readonly Row[]>();
  const shop = await startShop(pages);
  const app = await startSluiceApp({
    pipelines,
    env: {
      NODE_OPTIONS: `--require "${path.join(__dirname, 'checkpoints.cjs')}"`,
      SLUICE_CHECKPOINTS: orders,
      // Hosts start again and again: what was compiled once is not compiled anew.
      NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
      FAULTS_INBOX: inbox,
      FAULTS_SHOP: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
      ...env,
    },
  });
  const storage = BlobServiceClient.fromConnectionString(app.storage.connectionString);
  for (const name of ['landing', 'lake']) await storage.getContainerClient(name).createIfNotExists();
  await app.database.query('CREATE SCHEMA src');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const engine = await instance.connect();
  let scratches = 0;
  const tableOf = (name: string): TableClient =>
    TableClient.fromConnectionString(app.storage.connectionString, name, { allowInsecureConnection: true });

  return {
    app,
    orders,
    setPipelines: async (yamls) => {
      for (const name of await readdir(app.pipelinesFolder))
        if (name !== 'connections.yaml') await rm(path.join(app.pipelinesFolder, name));
      for (const [name, yaml] of Object.entries(yamls))
        await writeFile(path.join(app.pipelinesFolder, `${name}.yaml`), yaml);
    },
    land: (container, name, content) => app.land(container, name, content),
    writeInbox: async (name, content) => {
      await mkdir(path.dirname(path.join(inbox, name)), { recursive: true });
      await writeFile(path.join(inbox, name), content);
    },
    insertSource: async (table, rows) => {
      await app.database.query(
        `CREATE TABLE IF NOT EXISTS src.${table} (id text, country text, amount text, note text, seq integer PRIMARY KEY)`,
      );
      const values = rows.map(({ id, country, amount, note, seq }) => [id, country, amount, note, seq]);
      await app.database.query(
        `INSERT INTO src.${table} SELECT r ->> 0, r ->> 1, r ->> 2, r ->> 3, (r ->> 4)::int FROM jsonb_array_elements($1::jsonb) r`,
        [JSON.stringify(values)],
      );
    },
    serve: (pipeline, rows) => void pages.set(pipeline, rows),
    upsertEntities: async (table, rows) => {
      const client = tableOf(table);
      await client.createTable();
      for (const row of rows)
        await client.upsertEntity({ partitionKey: 'rows', rowKey: row.id.padStart(4, '0'), ...row }, 'Replace');
    },
    parquetOf: async (rows) => {
      const file = path.join(folder, `${(scratches += 1)}-delivery.parquet`);
      await writeFile(`${file}.json`, JSON.stringify(rows));
      await engine.run(`COPY (FROM read_json('${file}.json')) TO '${file}' (FORMAT parquet)`);
      return readFile(file);
    },
    query: async (sql) => (await engine.runAndReadAll(sql)).getRowObjectsJson(),
    blobs: async (container, prefix) => {
      const client = storage.getContainerClient(container);
      const found = new Map<string, Buffer>();
      for await (const { name } of client.listBlobsFlat({ prefix }))
        found.set(name, await client.getBlobClient(name).downloadToBuffer());
      return found;
    },
    entities: async (table, filter) => {
      const found: Record<string, unknown>[] = [];
      const list = tableOf(table).listEntities(filter === undefined ? {} : { queryOptions: { filter } });
      try {
        for await (const { etag: _, timestamp: __, ...entity } of list) found.push(entity);
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      }
      return found;
    },
    // The engine remembers files by their path, so that none is written twice.
    scratch: (name) => path.join(folder, `${(scratches += 1)}-${name}`),
    stop: async () => {
      engine.closeSync();
      instance.closeSync();
      await app.stop();
      await new Promise((closed) => shop.close(closed));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A web API: `GET /<pipeline>?page=n`, twenty rows a page. */
async function startShop(pages: ReadonlyMap<string, readonly Row[]>): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://shop');
    const first = (Number(url.searchParams.get('page') ?? 1) - 1) * 20;
    const rows = pages.get(url.pathname.slice(1)) ?? [];
    response.setHeader('content-type', 'application/json').end(JSON.stringify(rows.slice(first, first + 20)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
