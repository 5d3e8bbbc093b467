import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type RunningPostgres } from '../../src/local/services/postgres';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { claimStorageAccount } from '../support/azurite';
import { Client } from 'pg';
import { startPostgresProxy, type PostgresFault, type PostgresProxy } from './support/postgres-proxy';
import { startStorageProxy, type Concerned, type StorageFault, type StorageProxy } from './support/storage-proxy';

const PATIENCE_MS = 240_000;
const ROWS = 30;
const CSV = `id,name\n${Array.from({ length: ROWS }, (_, index) => `${index},"name ${index}"`).join('\n')}\n`;

const warehouse = (name: string, breaker: string): string => `  ${name}:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
    statementTimeout: 20s
    breaker: ${breaker}
`;
const CONNECTIONS = `connections:
  landing: { kind: blob, setting: FaultyStorage, container: landing, breaker: { minimumCalls: 1000 } }
  entities: { kind: tables, setting: FaultyStorage, breaker: { minimumCalls: 1000 } }
${warehouse('warehouse', '{ minimumCalls: 1000 }')}${warehouse('waits', '{ minimumCalls: 2, failureRate: 0.4, window: 1m, openFor: 2s, whenOpen: wait, maxWait: 2m }')}${warehouse('gives-up', '{ minimumCalls: 2, failureRate: 0.4, window: 1m, openFor: 10m, whenOpen: fail }')}`;
const pipelineOf = (
  name: string,
  target = `{ connection: warehouse, table: mart.${name}, writeDisposition: append }`,
) =>
  `pipeline: ${name}
source: { connection: landing, files: '${name}/*.csv', incremental: { by: file } }
transform: [{ cast: { id: integer } }]
checks: [{ notNull: [id, name] }, { unique: [name, id] }]
target: ${target}
retry: { maxAttempts: 8, firstDelay: 1s, backoff: 1, maxDelay: 2s }
`;

/** A dependency misbehaves for a while; the run takes it for what it is, waits, and ends as if nothing had been. */
describe('dependencies that misbehave', () => {
  let app: SluiceApp;
  let folder = '';
  let server: RunningPostgres;
  let database: PostgresProxy;
  let storage: StorageProxy;
  let logged = 0;
  const clock = (): string => path.join(folder, 'clock');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-dependencies-'));
    // Of its own, since it is crashed.
    server = await startPostgres({ folder: path.join(folder, 'postgres'), port: 0, durable: false });
    database = await startPostgresProxy(server.port);
    storage = await startStorageProxy((await claimStorageAccount()).connectionString);
    const pipelines = await mkdtemp(path.join(folder, 'pipelines-'));
    await writeFile(path.join(pipelines, 'connections.yaml'), CONNECTIONS);
    app = await startSluiceApp({
      pipelines,
      env: {
        NODE_OPTIONS: `--require "${path.join(__dirname, 'support/clock.cjs')}"`,
        SLUICE_CLOCK: clock(),
        SLUICE_STORAGE: 'FaultyStorage',
        FaultyStorage: storage.connectionString,
        WAREHOUSE_PORT: String(database.port),
        WAREHOUSE_DATABASE: server.database,
        WAREHOUSE_USER: server.user,
        SLUICE_SECRET_WAREHOUSE_PASSWORD: server.password,
        SLUICE_TEMP_DISK_MB: '256',
      },
    });
    await landed('warm');
    expect((await ended('warm')).status).toBe('Succeeded');
  }, PATIENCE_MS);
  afterAll(async () => {
    await app.stop();
    await Promise.all([database.close(), storage.close()]);
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  afterEach(async () => {
    database.heal();
    storage.heal();
    await rm(clock(), { force: true });
  });

  async function landed(name: string, yaml = pipelineOf(name), csv = CSV): Promise<void> {
    await writeFile(path.join(app.pipelinesFolder, `${name}.yaml`), yaml);
    const { BlobServiceClient } = await import('@azure/storage-blob');
    const container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('landing');
    await container.createIfNotExists();
    await container.getBlockBlobClient(`${name}/a.csv`).upload(csv, Buffer.byteLength(csv));
    logged = (await app.log()).length;
  }
  async function ended(name: string): Promise<RunRecord> {
    return app.ended(await app.start({ pipelines: [name] }), 200);
  }
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: server.connectionString });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  };
  /** Codes of failures that the app met since the case began. */
  const failures = async (): Promise<string[]> => {
    const text = (await app.log()).slice(logged);
    return [...new Set([...text.matchAll(/"code":"([a-z-]+)"/g)].map(([, code]) => code ?? ''))];
  };
  async function eachRowOnce(name: string): Promise<void> {
    const [row] = await query(
      `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids,
         (SELECT count(*)::int FROM sluice.sluice_ledger WHERE pipeline = '${name}') AS loads FROM mart.${name}`,
    );
    expect(row).toEqual({ rows: ROWS, ids: ROWS, loads: 1 });
  }

  test.each<[string, string, PostgresFault, number, string | null]>([
    ['is down for a while', 'down', { kind: 'down' }, 3, 'target-unavailable'],
    [
      'has no connection to give',
      'full',
      { kind: 'error', sqlState: '53300', message: 'sorry, too many clients already', sql: null },
      2,
      'target-busy',
    ],
    [
      'starts up',
      'startup',
      { kind: 'error', sqlState: '57P03', message: 'the database system is starting up', sql: null },
      2,
      'target-unavailable',
    ],
    ['breaks the connection amid the rows', 'midcopy', { kind: 'cut-before', sql: 'name 7' }, 2, 'target-unavailable'],
    [
      'breaks the connection before the commit',
      'precommit',
      { kind: 'cut-before', sql: 'COMMIT' },
      2,
      'target-unavailable',
    ],
    ['loses the answer to the commit', 'lost', { kind: 'lose-answer', sql: 'COMMIT' }, 3, 'target-unavailable'],
    [
      'is shut down by its administrator',
      'admin',
      {
        kind: 'error',
        sqlState: '57P01',
        message: 'terminating connection due to administrator command',
        sql: 'COMMIT',
      },
      2,
      'target-unavailable',
    ],
    [
      'has no disk left',
      'nodisk',
      { kind: 'error', sqlState: '53100', message: 'could not extend file: No space left on device', sql: 'COMMIT' },
      2,
      'target-disk-full',
    ],
    ['is slow', 'slow', { kind: 'slow', delayMs: 60 }, 1_000_000, null],
  ])(
    'PostgreSQL %s',
    async (_, name, fault, times, code) => {
      await landed(name);
      database.plant(fault, times);
      const run = await ended(name);
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      expect(database.happened()).toBeGreaterThan(0);
      if (code !== null) expect(await failures()).toContain(code);
      await eachRowOnce(name);
    },
    PATIENCE_MS,
  );

  test(
    'PostgreSQL is read only for a while, as after a failover',
    async () => {
      await landed('readonly');
      await query(`ALTER DATABASE ${server.database} SET default_transaction_read_only = on`);
      const runId = await app.start({ pipelines: ['readonly'] });
      for (
        const end = Date.now() + 60_000;
        !(await failures()).some((code) => code.startsWith('target-'));
        await sleep(100)
      )
        if (Date.now() > end) throw new Error('Nobody met the read-only database.');
      const admin = new Client({ connectionString: server.connectionString });
      await admin.connect();
      await admin.query(`SET default_transaction_read_only = off`);
      await admin.query(`ALTER DATABASE ${server.database} RESET default_transaction_read_only`);
      await admin.end();
      const run = await app.ended(runId, 200);
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      await eachRowOnce('readonly');
    },
    PATIENCE_MS,
  );

  test(
    'PostgreSQL crashes between staging and publishing: unlogged tables are staged again',
    async () => {
      await landed('crashed');
      // Holds what publishing waits for, until the crash has emptied the staging.
      const holder = new Client({ connectionString: server.connectionString });
      holder.on('error', () => {});
      await holder.connect();
      await query('CREATE TABLE IF NOT EXISTS sluice.hold (id int)');
      await holder.query('BEGIN');
      await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended('sluice:table:' || '"mart"."crashed"', 0))`);
      const runId = await app.start({ pipelines: ['crashed'] });
      const waiting = `SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice' AND wait_event_type = 'Lock'`;
      let pid: unknown;
      for (const end = Date.now() + 60_000; pid === undefined; await sleep(50)) {
        [{ pid } = { pid: undefined }] = await query(waiting);
        if (Date.now() > end) throw new Error(`Publishing did not begin: ${await app.log()}`);
      }
      // A server process that dies without warning takes the whole server through its recovery.
      process.kill(Number(pid), 'SIGKILL');
      const run = await app.ended(runId, 200);
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      expect(await failures()).toContain('staging-lost');
      await eachRowOnce('crashed');
      await holder.end().catch(() => {});
    },
    PATIENCE_MS,
  );

  test.each<[string, string, StorageFault, number, Concerned]>([
    ['answers 429 with a time to wait', 'throttled', { kind: 'status', status: 429, retryAfterSeconds: 1 }, 12, {}],
    ['answers 500', 'error500', { kind: 'status', status: 500 }, 12, {}],
    ['answers 503', 'error503', { kind: 'status', status: 503 }, 30, {}],
    ['gives half an answer', 'half', { kind: 'half-answer' }, 8, { method: 'GET' }],
    ['loses answers to written blobs', 'lostput', { kind: 'lose-answer' }, 12, { method: 'PUT', path: '/work/' }],
    ['loses answers to rows of tables', 'lostrow', { kind: 'lose-answer' }, 12, { path: '/sluice' }],
    ['is slow', 'slowstorage', { kind: 'slow', delayMs: 50 }, 1_000_000, {}],
  ])(
    'storage %s',
    async (_, name, fault, times, concerned) => {
      await landed(name);
      const runId = await app.start({ pipelines: [name] });
      storage.plant(fault, times, concerned);
      // Asking goes to the storage too, and may meet the fault.
      let run: RunRecord | undefined;
      for (const end = Date.now() + 200_000; run === undefined; await sleep(200)) {
        if (Date.now() > end) throw new Error(`${name} did not end:\n${(await app.log()).slice(-5000)}`);
        const { status, json } = await app.request('GET', `/api/runs/${runId}`);
        if (status === 200 && json.endedAt !== null) run = json as RunRecord;
      }
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      expect(storage.happened()).toBeGreaterThan(0);
      await eachRowOnce(name);
    },
    PATIENCE_MS,
  );

  test(
    'answers to upserted entities are lost: each entity is there once',
    async () => {
      const target =
        '{ connection: entities, table: lostentities, partitionKey: name, rowKey: id, writeDisposition: merge }';
      await landed('entities', pipelineOf('entities', target));
      const runId = await app.start({ pipelines: ['entities'] });
      storage.plant({ kind: 'lose-answer' }, 6, { method: 'POST', path: '/$batch' });
      expect(await app.ended(runId, 200)).toMatchObject({ status: 'Succeeded', counts: { loaded: ROWS } });
      expect(storage.happened()).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  describe('circuit breakers', () => {
    const breaker = async (name: string): Promise<{ state: string }> => {
      const { json } = await app.request('GET', '/api/breakers');
      return json.breakers.find(({ connection }: { connection: string }) => connection === name);
    };
    const until = async (name: string, wanted: (state: string) => boolean): Promise<void> => {
      for (const end = Date.now() + 60_000; !wanted((await breaker(name)).state); await sleep(50))
        if (Date.now() > end) throw new Error(`${name} is ${JSON.stringify(await breaker(name))}`);
    };

    test(
      'one that waits opens, lets a probe through, closes, and the run goes on',
      async () => {
        await landed(
          'waiting',
          pipelineOf('waiting', '{ connection: waits, table: mart.waiting, writeDisposition: append }'),
        );
        // Down from staging on: planning has no breaker of its own to wait at.
        database.plant({ kind: 'cut-before', sql: 'name 7' }, 1_000_000);
        const runId = await app.start({ pipelines: ['waiting'] });
        await until('waits', (state) => state === 'open');
        await until('waits', (state) => state !== 'open');
        await until('waits', (state) => state === 'open');
        database.heal();
        const run = await app.ended(runId, 200);
        expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
        await eachRowOnce('waiting');
        await until('waits', (state) => state === 'closed');
      },
      PATIENCE_MS,
    );

    test(
      'one that fails at once says circuit-open, and the next run waits for nobody',
      async () => {
        const target = '{ connection: gives-up, table: mart.givesup, writeDisposition: append }';
        await landed('givesup', pipelineOf('givesup', target));
        database.plant({ kind: 'cut-before', sql: 'name 7' }, 1_000_000);
        const run = await ended('givesup');
        expect(run.pipelines[0]).toMatchObject({
          status: 'Failed',
          failure: { code: 'circuit-open', dataState: 'nothing-loaded' },
        });
        expect((await breaker('gives-up')).state).toBe('open');
        database.heal();
        expect((await ended('givesup')).pipelines[0]).toMatchObject({
          status: 'Failed',
          failure: { code: 'circuit-open' },
        });
      },
      PATIENCE_MS,
    );
  });

  test.each([
    ['forward', 2 * 3_600_000],
    ['back', -2 * 3_600_000],
  ])(
    'the clock jumps %s by two hours amid a run',
    async (way, offset) => {
      const name = `clock${way}`;
      await landed(name);
      database.plant({ kind: 'slow', delayMs: 40 }, 1_000_000);
      const runId = await app.start({ pipelines: [name] });
      for (
        const end = Date.now() + 60_000;
        !/"activity":"extract-partition"|extract/.test(
          (await app.request('GET', `/api/runs/${runId}`)).json.pipelines[0]?.steps?.[0]?.step ?? '',
        );
        await sleep(20)
      )
        if (Date.now() > end) throw new Error('The run did not begin.');
      await writeFile(clock(), String(offset));
      await sleep(200);
      await rm(clock(), { force: true });
      const run = await app.ended(runId, 200);
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      await eachRowOnce(name);
    },
    PATIENCE_MS,
  );
});
