import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Manifest } from '../../src/connectors/targets/blob/manifest';
import { plantFaults, type Fault } from '../support/durable/faults';
import { query } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  lake: { kind: blob, container: lake }
`;
const COUNTRIES = `pipeline: countries
source:
  connection: landing
  files: countries/*.csv
  format: { type: csv }
  columns: { code: string, name: string }
target: { connection: lake, path: raw/countries, writeDisposition: replace, format: { type: csv, compression: gzip } }
verify:
  - checksum: '*'
`;
const ORDERS = `pipeline: orders
dependsOn: [countries]
source:
  connection: landing
  files: orders/*.csv
  format: { type: csv }
  columns: { id: integer, country: string, amount: 'decimal(9,2)' }
  incremental: { by: file }
transform:
  - lookup: { from: countries, match: { country: code }, take: { country_name: name }, missing: keepNull }
checks:
  - notNull: [id]
target: { connection: lake, path: curated/orders, partitionBy: [country], writeDisposition: append }
verify:
  - rowCount: exact
  - checksum: '*'
`;
const kill = (activity: string, when: Fault['when']): Fault => ({
  activity,
  when,
  pipeline: 'orders',
  do: 'kill',
  file: `${activity}-${when}`,
});

/** A container as the target of a whole app: ledger, watermark and lookups without any database. */
describe('pipelines from files to files', () => {
  let app: SluiceApp;
  let folder = '';
  let lake: ContainerClient;
  const manifest = async (place: string): Promise<Manifest> =>
    JSON.parse((await lake.getBlobClient(`${place}/_sluice/manifest.json`).downloadToBuffer()).toString()) as Manifest;
  const rows = async (): Promise<unknown> => {
    const { files } = await manifest('curated/orders');
    const local = await Promise.all(
      files.map(async ({ name }, index) => {
        const file = path.join(folder, `${index}.parquet`);
        await lake.getBlobClient(`curated/orders/${name}`).downloadToFile(file);
        return `'${file}'`;
      }),
    );
    return query(
      `SELECT id, country, amount::VARCHAR AS amount, country_name FROM read_parquet([${local.join(', ')}], hive_partitioning = false) ORDER BY id`,
    );
  };
  const deaths = [kill('stage-partition', 'after'), kill('publish', 'before'), kill('publish', 'after')];
  let faults: Awaited<ReturnType<typeof plantFaults>>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    const project = path.join(folder, 'pipelines');
    await mkdir(project);
    await writeFile(path.join(project, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(project, 'countries.yaml'), COUNTRIES);
    await writeFile(path.join(project, 'orders.yaml'), ORDERS);
    faults = await plantFaults(deaths);
    app = await startSluiceApp({ pipelines: project, env: faults.env });
    lake = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('lake');
    await lake.createIfNotExists();
    await app.land('landing', 'countries/all.csv', Buffer.from('code,name\nDE,Germany\nFR,"France, la"\n'));
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a host that ends around the write of the manifest loads each row once, and the next run only what is new', async () => {
    await app.land('landing', 'orders/1.csv', Buffer.from('id,country,amount\n1,DE,10.50\n2,FR,0.05\n3,XX,7\n'));
    const runId = await app.start({ pipelines: ['countries', 'orders'] });
    for (const death of deaths) {
      await faults.happened(death.file);
      await app.kill();
      await app.restart().catch((error: unknown) => {
        if (death === deaths.at(-1)) throw error;
      });
    }
    expect(await app.ended(runId)).toMatchObject({ status: 'Succeeded', failure: null });
    const first = [
      { id: 1, country: 'DE', amount: '10.50', country_name: 'Germany' },
      { id: 2, country: 'FR', amount: '0.05', country_name: 'France, la' },
      { id: 3, country: 'XX', amount: '7.00', country_name: null },
    ];
    expect(await rows()).toEqual(first);

    await app.land('landing', 'orders/2.csv', Buffer.from('id,country,amount\n4,DE,1\n'));
    const next = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(next).toMatchObject({
      status: 'Succeeded',
      pipelines: [{ counts: { read: 1, loaded: 1 }, balanced: true }],
    });
    expect(await rows()).toEqual([...first, { id: 4, country: 'DE', amount: '1.00', country_name: 'Germany' }]);
    const { loads, files } = await manifest('curated/orders');
    expect(loads.map(({ load, rows: count }) => [load, count])).toEqual([
      [1, 3],
      [2, 1],
    ]);
    expect(files.map(({ hive }) => hive['country'])).toEqual(['DE', 'FR', 'XX', 'DE']);

    const idle = await app.ended(await app.start({ pipelines: ['orders'] }));
    expect(idle.pipelines[0]?.reason).toMatch(/^already loaded/);
  }, 180_000);
});
