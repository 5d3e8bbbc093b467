import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { sluice } from '../unit/cli/support/sluice';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
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
source: { connection: landing, files: orders/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
target: { connection: warehouse, table: sales.orders, key: [id], writeDisposition: merge }
`;

/** What an operator does at three in the morning, on a host that dies in between. */
describe('an undo on a whole app', () => {
  let app: SluiceApp;
  let folder = '';
  const world = () => ({ env: { SLUICE_PORT: new URL(app.baseUrl).port } });
  const rows = () => app.database.query('SELECT id, name FROM sales.orders ORDER BY id');

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    app = await startSluiceApp({ pipelines: folder });
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('is done once, though the host is killed while it is under way', async () => {
    await app.land('landing', 'orders/a.csv', Buffer.from('id,name\n1,a\n2,b\n'));
    await app.ended(await app.start({ pipelines: ['orders'] }));
    const before = await rows();
    await app.land('landing', 'orders/b.csv', Buffer.from('id,name\n2,wrong\n3,c\n'));
    const { runId } = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(await rows()).toHaveLength(3);
    const asked = await app.request('POST', `/api/runs/${runId}/undo`, { reason: 'wrong file' });
    expect(asked).toMatchObject({ status: 202, json: { undo: { pipelines: ['orders'], end: null } } });
    await app.kill();
    await app.restart();
    for (const end = Date.now() + 60_000; (await app.request('GET', `/api/runs/${runId}`)).json.undo.end === null;) {
      if (Date.now() > end) throw new Error(`The undo did not end:\n${await app.log()}`);
      await sleep(200);
    }
    expect(await rows()).toEqual(before);
    const again = await sluice(['undo', runId, '--reason', 'once more'], world());
    expect(again).toEqual({
      code: 0,
      out: 'orders: load 2 was taken back: 2 rows taken out, 1 put back. It is paused: sluice resume orders ends that.\n',
      err: '',
    });
    expect(await rows()).toEqual(before);
    expect(await sluice(['run', 'orders'], world())).toMatchObject({
      code: 1,
      err: expect.stringContaining('paused') as string,
    });
    expect((await sluice(['resume', 'orders'], world())).out).toBe('orders is no longer paused.\n');
    expect((await sluice(['run', 'orders'], world())).code).toBe(0);
    expect(await rows()).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'wrong' },
      { id: 3, name: 'c' },
    ]);
    expect((await sluice(['pause', 'orders', '--reason', 'moving house'], world())).out).toBe('orders is paused.\n');
    const { out } = await sluice(['columns', 'orders'], world());
    expect(out).toMatch(/^source version 1, from \S+Z on \(run-\w+\): 2 columns\ntarget version 1, .*: 2 columns\n$/);
    expect((await sluice(['columns', 'nowhere'], world())).code).toBe(1);
    const refused = await sluice(['undo', 'run-none', '--reason', 'x'], world());
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('run-not-found') as string });
    expect(await sluice(['undo', runId], world())).toMatchObject({
      code: 2,
      err: expect.stringContaining('--reason') as string,
    });
  });
});
