import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const CONNECTIONS = `connections:
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
`;
const PIPELINE = `pipeline: orders
source:
  connection: warehouse
  table: crm.orders
  incremental: { by: column, column: updated_at, lag: 1h }
  partitions: { by: id, min: 3 }
transform:
  - filter: amount IS NOT NULL
checks:
  - unique: [id]
target: { connection: warehouse, table: mart.orders, writeDisposition: append }
verify:
  - checksum: '*'
`;

/** A database as the source of a whole app: what is new since the last load, and nothing twice. */
describe('a pipeline from a table to a table', () => {
  let app: SluiceApp;
  let folder = '';
  const load = async () => {
    const run = await app.ended(await app.start({ pipelines: ['orders'] }));
    const [orders] = run.pipelines;
    return {
      status: run.status,
      failure: run.failure,
      reason: orders?.reason,
      counts: orders?.counts,
      balanced: orders?.balanced,
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    app = await startSluiceApp({ pipelines: folder });
    await app.database.query('CREATE SCHEMA crm');
    await app.database.query(
      'CREATE TABLE crm.orders (id int PRIMARY KEY, amount numeric(12,2), updated_at timestamptz)',
    );
    await app.database.query(
      `INSERT INTO crm.orders SELECT i, nullif(i % 10, 0), timestamptz '2024-03-31 00:00Z' + i * interval '1 minute' FROM generate_series(1, 300) i`,
    );
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('loads everything once, then what is new or late, and says when there is nothing', async () => {
    expect(await load()).toMatchObject({
      status: 'Succeeded',
      failure: null,
      balanced: true,
      counts: { read: 300, filtered: 30, loaded: 270 },
    });
    expect(await load()).toMatchObject({
      status: 'Succeeded',
      reason: expect.stringMatching(/^already loaded/) as string,
    });
    await app.database.query(
      `INSERT INTO crm.orders VALUES (1001, 5, '2024-03-31 04:30Z'), (1002, 5, '2024-03-31 05:00Z'), (1003, 5, '2024-03-31 06:00Z')`,
    );
    expect(await load()).toMatchObject({ status: 'Succeeded', balanced: true, counts: { read: 3, loaded: 3 } });
    expect(await load()).toMatchObject({ reason: expect.stringMatching(/^already loaded/) as string });
    const rows = await app.database.query('SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids FROM mart.orders');
    expect(rows).toEqual([{ n: 273, ids: 273 }]);
  });
});
