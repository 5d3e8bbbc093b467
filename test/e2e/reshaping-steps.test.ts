import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { plantFaults, type PlantedFaults } from '../support/durable/faults';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

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
const TOTALS = `pipeline: totals
source:
  connection: landing
  files: orders/*.ndjson
  incremental: { by: file }
  columns: { id: integer, placed: timestamptz, items: json }
  partitions: { targetBytes: 1, min: 3 }
transform:
  - unnest: { column: items, fields: { sku: sku, amount: amount }, ordinal: line }
  - cast: { amount: 'decimal(12,2)' }
  - filter: sku IS NOT NULL
  - aggregate:
      groupBy: [sku]
      measures: { lines: count(*), orders: count(DISTINCT id), total: sum(amount), latest: max(placed) }
checks:
  - range: { column: total, min: 0 }
  - unique: { columns: [total], onFailure: quarantine }
target: { connection: warehouse, table: mart.totals, writeDisposition: append }
verify:
  - rowCount: exact
  - checksum: '*'
`;
const LINES = `pipeline: lines
source:
  connection: landing
  files: orders/*.ndjson
  columns: { id: integer, placed: timestamptz, items: json }
  partitions: { targetBytes: 1, min: 3 }
transform:
  - unnest: { column: items, fields: { sku: sku }, ordinal: line, keepEmpty: false }
  - deduplicate: { keys: [sku], orderBy: [id desc] }
target: { connection: warehouse, table: mart.lines, writeDisposition: replace }
`;
const GAPS = `pipeline: gaps
source:
  connection: landing
  files: flights/*.csv
  columns: { tail: string, departure: timestamptz, arrival: timestamptz }
  partitions: { targetBytes: 1, min: 2 }
transform:
  - sql: |
      SELECT tail, departure, date_diff('minute', lag(arrival) OVER each, departure) AS gap
      FROM input WINDOW each AS (PARTITION BY tail ORDER BY departure, arrival)
  - filter: gap IS NOT NULL
target: { connection: warehouse, table: mart.gaps, writeDisposition: replace }
`;

const ORDERS = [
  [
    {
      id: 1,
      placed: '2026-03-29T01:30:00+01:00',
      items: [
        { sku: 'A', amount: '1.50' },
        { sku: 'Ü', amount: '2' },
      ],
    },
    { id: 2, placed: '2026-03-29T03:00:00+02:00', items: [] },
    { id: 3, placed: '2026-03-29T03:00:00+02:00', items: { sku: 'A' } },
  ],
  [
    {
      id: 4,
      placed: '2026-10-25T02:30:00+02:00',
      items: [
        { sku: 'A', amount: '0.01' },
        { sku: 'A', amount: 'x' },
      ],
    },
    {
      id: 5,
      placed: '2026-10-25T02:30:00+01:00',
      items: [
        { sku: '😀', amount: '-3' },
        { sku: 'B', amount: '7' },
      ],
    },
  ],
  [{ id: 6, placed: null, items: [{ sku: 'Ü', amount: '5.00' }, { amount: '1' }] }],
];

/** Steps that make rows anew, in a whole app: several files are one partition, and a repeated activity gives the same rows. */
describe('pipelines whose steps make rows anew', () => {
  let app: SluiceApp;
  let folder = '';
  let faults: PlantedFaults;
  const run = async (runId: string) => {
    const record = await app.ended(runId);
    const [pipeline] = record.pipelines;
    if (pipeline === undefined) throw new Error(`The run has no pipeline: ${JSON.stringify(record)}`);
    return { status: record.status, failure: record.failure, pipeline };
  };
  const table = (name: string, order: string) => app.database.query(`SELECT * FROM mart.${name} ORDER BY ${order}`);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    for (const [name, yaml] of Object.entries({ totals: TOTALS, lines: LINES, gaps: GAPS })) {
      await writeFile(path.join(folder, `${name}.yaml`), yaml);
    }
    faults = await plantFaults([
      { activity: 'transform-partition', when: 'after', pipeline: 'totals', do: 'kill', file: 'transformed' },
    ]);
    app = await startSluiceApp({ pipelines: folder, env: faults.env });
    for (const [index, orders] of ORDERS.entries()) {
      const lines = orders.map((order) => JSON.stringify(order)).join('\n');
      await app.land('landing', `orders/${index}.ndjson`, Buffer.from(`${lines}\n`));
    }
    await app.land(
      'landing',
      'flights/a.csv',
      Buffer.from('tail,departure,arrival\nN1,2026-10-25T00:30:00Z,2026-10-25T01:00:00Z\n'),
    );
    await app.land(
      'landing',
      'flights/b.csv',
      Buffer.from('tail,departure,arrival\nN1,2026-10-25T01:45:00Z,2026-10-25T02:00:00Z\nN2,2026-10-25T00:00:00Z,\n'),
    );
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  test('unnest and aggregate over three files are one partition, also when the host dies after the work', async () => {
    const runId = await app.start({ pipelines: ['totals'] });
    await faults.happened('transformed');
    await app.kill();
    await app.restart();
    const { status, failure, pipeline } = await run(runId);
    expect({ status, failure }).toEqual({ status: 'Succeeded', failure: null });
    expect(pipeline).toMatchObject({ partitions: 1, balanced: true });
    expect(pipeline.counts).toEqual({
      read: 6,
      generated: 4,
      filtered: 2,
      deduplicated: 0,
      quarantined: 5,
      collapsed: 2,
      loaded: 1,
    });
    expect(await table('totals', 'sku COLLATE "C"')).toMatchObject([
      { sku: 'A', lines: '2', orders: '2', total: '1.51', _sluice_file: -1, _sluice_row: '1' },
    ]);
    const { json } = await app.request('GET', `/api/quarantine?runId=${runId}`);
    const batches = (
      json as { batches: { step: string; entry?: number; rows: number; reasons: { reason: string }[] }[] }
    ).batches;
    expect(
      batches
        .map(({ step, entry = 0, rows, reasons }) => [step, entry, rows, reasons.map(({ reason }) => reason)])
        .sort(),
    ).toEqual([
      ['transform', 0, 1, ['unnest(items)']],
      ['transform', 1, 1, ['cast(amount as decimal(12,2))']],
      ['transform', 4, 1, ['range(total)']],
      ['validate', 4, 2, ['unique(total)']],
    ]);
  });

  test('unnest alone stays parallel, and a deduplicate after it is decided over all partitions', async () => {
    const { status, failure, pipeline } = await run(await app.start({ pipelines: ['lines'] }));
    expect({ status, failure }).toEqual({ status: 'Succeeded', failure: null });
    expect(pipeline).toMatchObject({ partitions: 3, balanced: true });
    expect(pipeline.counts).toMatchObject({ read: 6, generated: 4, filtered: 1, quarantined: 1, deduplicated: 3 });
    expect(await table('lines', 'sku COLLATE "C"')).toMatchObject([
      { sku: 'A', id: 4, line: 1, _sluice_file: 1, _sluice_row: '1048577' },
      { sku: 'B', id: 5, line: 2, _sluice_file: 1, _sluice_row: '2097154' },
      { sku: 'Ü', id: 6, line: 1, _sluice_file: 2, _sluice_row: '1048577' },
      { sku: '😀', id: 5, line: 1 },
      { sku: null, id: 6, line: 2 },
    ]);
  });

  test('sql over two files, twice: the same rows in the same places', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, failure, pipeline } = await run(await app.start({ pipelines: ['gaps'] }));
      expect({ status, failure }).toEqual({ status: 'Succeeded', failure: null });
      expect(pipeline).toMatchObject({ partitions: 1, balanced: true });
      expect(pipeline.counts).toMatchObject({ read: 3, filtered: 2, collapsed: 0, generated: 0, loaded: 1 });
      expect(await table('gaps', 'tail')).toMatchObject([
        { tail: 'N1', gap: '45', _sluice_file: -1, _sluice_row: '2' },
      ]);
    }
  });
});
