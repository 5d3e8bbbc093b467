import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const CONNECTIONS = (port: number) => `connections:
  shop: { kind: http, baseUrl: 'http://127.0.0.1:${port}/v1' }
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
  connection: shop
  request: { path: /orders, since: { parameter: updated_since, format: unixSeconds } }
  pagination: { by: offset, size: 50 }
  columns: { id: bigint, updated_at: timestamptz, amount: 'decimal(12,2)' }
  incremental: { by: column, column: updated_at, lag: 10m }
target:
  connection: warehouse
  table: sales.orders
  writeDisposition: merge
  key: [id]
  merge: { onDuplicateKey: deduplicate, orderBy: [updated_at desc] }
`;

interface Order {
  id: number;
  updated_at: string;
  amount: string;
}

/** A web API as the source of a whole app, read by the time of its changes. */
describe('a pipeline from a web API by a column', () => {
  let app: SluiceApp;
  let server: Server;
  let folder = '';
  const orders: Order[] = [];
  const asked: string[] = [];
  const at = (minutes: number) => new Date(Date.UTC(2024, 2, 31) + minutes * 60_000).toISOString();
  const load = async () => {
    const run = await app.ended(await app.start({ pipelines: ['orders'] }));
    const [{ reason, counts, balanced }] = run.pipelines as [(typeof run.pipelines)[number]];
    return { status: run.status, failure: run.failure, reason, counts, balanced };
  };
  const amounts = async () =>
    (await app.database.query<{ amount: string }>('SELECT amount FROM sales.orders ORDER BY id')).map((row) =>
      Number(row.amount),
    );

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      const since = url.searchParams.get('updated_since');
      const offset = Number(url.searchParams.get('offset'));
      if (offset === 0) asked.push(since ?? 'all');
      const newer = orders.filter((order) => Date.parse(order.updated_at) >= Number(since ?? 0) * 1000);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(newer.slice(offset, offset + 50)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS((server.address() as AddressInfo).port));
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    app = await startSluiceApp({ pipelines: folder });
  });
  afterAll(async () => {
    await app.stop();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('asks for what is new, and takes changes and late rows once', async () => {
    for (let id = 1; id <= 120; id += 1) orders.push({ id, updated_at: at(id), amount: '1.00' });
    expect(await load()).toMatchObject({ status: 'Succeeded', balanced: true, counts: { read: 120, loaded: 120 } });
    expect(await load()).toMatchObject({ reason: expect.stringMatching(/^already loaded/) as string });
    orders.push({ id: 1, updated_at: at(121), amount: '9.50' }, { id: 200, updated_at: at(115), amount: '7.00' });
    asked.length = 0;
    expect(await load()).toMatchObject({ status: 'Succeeded', balanced: true, counts: { read: 2 } });
    expect(new Set(asked)).toEqual(new Set([String(Date.parse(at(110)) / 1000)]));
    const loaded = await amounts();
    expect([loaded.length, loaded[0], loaded.at(-1)]).toEqual([121, 9.5, 7]);
  });

  test('loads a window again without moving the watermark', async () => {
    for (const order of orders) order.amount = '3.00';
    const body = { from: at(30), to: at(60), window: '30m', reason: 'amounts were wrong' };
    const started = await app.request('POST', '/api/pipelines/orders/backfills', body);
    expect(started.status).toBe(202);
    const { backfill } = started.json as { backfill: string };
    let status = 'InProgress';
    for (const deadline = Date.now() + 90_000; status === 'InProgress' && Date.now() < deadline; await sleep(200)) {
      ({ status } = (await app.request('GET', `/api/backfills/${backfill}`)).json as { status: string });
    }
    expect(status).toBe('Succeeded');
    expect((await amounts()).filter((amount) => amount === 3)).toHaveLength(30);
    expect(await load()).toMatchObject({ reason: expect.stringMatching(/^already loaded/) as string });
  });
});
