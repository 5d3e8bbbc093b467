import { addUsage, NO_USAGE, type Usage, type UsageSum } from '../../src/model/usage';
import { countingHttpProxy, countingTcpProxy, type SeenRequest } from '../support/counting-proxies';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;
const PIPELINES = {
  airports: `pipeline: airports
source: { connection: landing, files: airports/*.csv }
target: { connection: warehouse, table: mart.airports, writeDisposition: replace }
`,
  flights: `pipeline: flights
dependsOn: [airports]
source: { connection: landing, files: flights/*.csv, incremental: { by: file } }
transform:
  - cast: { id: integer }
  - lookup: { from: airports, match: { origin: iata }, take: { city: city } }
checks: [{ range: { column: id, max: 3, onFailure: quarantine } }]
quarantine: { maxShare: 90% }
target: { connection: warehouse, table: mart.flights, writeDisposition: append }
`,
};

/** How Azure bills requests to blobs, told here once more and otherwise. */
function billedAs({ method, url }: SeenRequest): string {
  const comp = url.searchParams.get('comp');
  const container = url.searchParams.get('restype') === 'container';
  const table: Record<string, string> = {
    'PUT blob': 'write',
    'PUT blob block': 'write',
    'PUT blob blocklist': 'write',
    'GET blob': 'read',
    'HEAD blob': 'other',
    'GET container list': 'list',
    'PUT container': 'list',
    'DELETE blob': 'free',
  };
  const key = [method, container ? 'container' : 'blob', comp].filter((part) => part !== null).join(' ');
  return table[key] ?? `unknown: ${key}`;
}

describe('usage that is metered is what proxies in front of storage and database count', () => {
  let app: InProcessApp;
  let blobs: Awaited<ReturnType<typeof countingHttpProxy>>;
  let tables: Awaited<ReturnType<typeof countingHttpProxy>>;
  let database: Awaited<ReturnType<typeof countingTcpProxy>>;
  let before = { blobs: 0, tables: 0, connections: 0, sentBytes: 0, receivedBytes: 0 };
  let after = before;

  beforeAll(async () => {
    app = await startInProcessApp(async (storage, postgres) => {
      blobs = await countingHttpProxy(storage.blobEndpoint);
      tables = await countingHttpProxy(storage.tableEndpoint);
      database = await countingTcpProxy(postgres);
      const through = (text: string, name: string, port: number): string =>
        text.replace(new RegExp(`${name}Endpoint=http://[^/]+`), `${name}Endpoint=http://127.0.0.1:${port}`);
      return {
        AzureWebJobsStorage: through(through(storage.connectionString, 'Blob', blobs.port), 'Table', tables.port),
        WAREHOUSE_HOST: '127.0.0.1',
        WAREHOUSE_PORT: String(database.port),
      };
    });
    for (const [name, yaml] of Object.entries(PIPELINES)) await app.writePipeline(name, yaml);
    await app.land('airports/a.csv', 'iata,city\nTXL,Berlin\nJFK,New York\n');
    await app.land('flights/a.csv', 'id,origin\n1,TXL\n2,JFK\n');
    const now = () => ({ blobs: blobs.seen.length, tables: tables.seen.length, ...database.counted });
    const start = app.orchestrations.startNew.bind(app.orchestrations);
    // What triggers do before and after is nobody's activity.
    app.orchestrations.startNew = async (...given: Parameters<typeof start>) => {
      before = now();
      const id = await start(...given);
      after = now();
      return id;
    };
    // Makes containers, tables and schemas.
    await app.run('airports');
    await app.run('flights');
  }, PATIENCE_MS);
  afterAll(async () => {
    await app.stop();
    database.stop();
    await Promise.all([blobs.stop(), tables.stop()]);
  });

  const usageOf = async (runId: string): Promise<readonly UsageSum[]> =>
    app.services.activities.stores.usage.ofRun(
      runId,
      [0, 1].map((back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)),
    );
  const sumOf = (sums: readonly UsageSum[]): Usage => sums.map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
  const bytesOf = (requests: readonly SeenRequest[], key: 'sentBytes' | 'receivedBytes'): number =>
    requests.reduce((sum, request) => sum + (request.method === 'HEAD' ? 0 : request[key]), 0);

  test.each([false, true])(
    'a run, activities run twice: %s',
    async (twice) => {
      await app.land(`flights/${twice ? 'c' : 'b'}.csv`, `id,origin\n1,TXL\n${twice ? 8 : 9},JFK\n`);
      app.twice = twice;
      const run = await app.run('flights');
      expect(run).toMatchObject({ status: 'Succeeded', counts: { loaded: 1, quarantined: 1 } });
      const sums = await usageOf(run.runId);
      const usage = sumOf(sums);

      const blobRequests = blobs.seen.slice(before.blobs, after.blobs);
      const tableRequests = tables.seen.slice(before.tables, after.tables);
      const classes: Record<string, number> = { write: 0, list: 0, read: 0, other: 0, free: 0 };
      for (const request of blobRequests) classes[billedAs(request)] = (classes[billedAs(request)] ?? 0) + 1;
      expect(usage.blob).toEqual(classes);
      expect(usage.blob.write).toBeGreaterThan(3);
      expect(usage.table).toBe(tableRequests.length);
      // The rows with the readings are written when they are complete, so their own bytes are not in them.
      const counted = [...blobRequests, ...tableRequests.filter(({ url }) => !url.pathname.includes('usage'))];
      expect(usage.storageSentBytes).toBe(bytesOf(counted, 'sentBytes'));
      expect(usage.storageReceivedBytes).toBe(bytesOf(counted, 'receivedBytes'));

      expect(usage.connections['warehouse']).toEqual({
        calls: after.connections - before.connections,
        ms: expect.any(Number) as number,
        sentBytes: after.sentBytes - before.sentBytes,
        receivedBytes: after.receivedBytes - before.receivedBytes,
      });
      const executions = (activity: string): number =>
        sumOf(sums.filter((sum) => sum.activity === activity)).executions;
      // Executed twice is paid twice.
      for (const activity of ['plan-pipeline', 'extract-partition', 'transform-partition', 'publish'])
        expect([activity, executions(activity)]).toEqual([activity, twice ? 2 : 1]);
      expect(usage.gbSeconds).toBeCloseTo((usage.activeMs / 1000) * 2);
      expect(usage.activeMs).toBeGreaterThanOrEqual(1000);
    },
    60_000,
  );

  test('folding changes no sum, may be repeated, and breaks off without loss', async () => {
    const { usage } = app.services.activities.stores;
    const today = new Date().toISOString().slice(0, 10);
    const total = async (): Promise<[number, Usage]> => {
      const sums: UsageSum[] = [];
      for await (const sum of usage.ofDay(today)) sums.push(sum);
      return [sums.length, sumOf(sums)];
    };
    const [rows, whole] = await total();
    expect(await usage.fold(today)).toBe(rows);
    const [folded, same] = await total();
    expect(folded).toBeLessThan(rows);
    expect(same.table).toBe(whole.table);
    expect(same.blob).toEqual(whole.blob);
    expect(same.gbSeconds).toBeCloseTo(whole.gbSeconds, 6);
    expect(await usage.fold(today)).toBe(0);
    // What comes later is folded into what was.
    await app.run('flights');
    const [, more] = await total();
    expect(await usage.fold(today)).toBeGreaterThan(0);
    const [, again] = await total();
    expect(again.table).toBe(more.table);
    const days: string[] = [];
    for await (const day of usage.days()) days.push(day);
    expect(days).toContain(today);
  }, 60_000);
});
