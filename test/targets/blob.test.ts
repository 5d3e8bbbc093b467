import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { BLOB_TARGET } from '../../src/connectors/capabilities';
import { BlobTarget } from '../../src/connectors/targets/blob/blob-target';
import { stagingArea } from '../../src/connectors/targets/blob/blob-paths';
import type { Manifest } from '../../src/connectors/targets/blob/manifest';
import type { TargetConfig } from '../../src/config/schema/pipeline';
import type { PublishRequest, StageRequest } from '../../src/steps/load/target';
import { testStorage, uniqueName } from '../support/azurite';
import { column, configOf, describeTarget, loadAll, useTestEngine, type Load } from './target-contract';

const engine = useTestEngine();
let container: ContainerClient;
/** The targets of the tests, as a project would name them. */
const targets: Record<string, TargetConfig> = {};
let lastStaged: [runId: string, pipeline: string] = ['', ''];

beforeAll(async () => {
  const { connectionString } = await testStorage();
  container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniqueName('blobtarget'));
  await container.create();
});

/** A target that learns whose folder is whose from what it is asked to load. */
class LearningTarget extends BlobTarget {
  override stage(request: StageRequest) {
    targets[request.pipeline] = request.target;
    lastStaged = [request.runId, request.pipeline];
    return super.stage(request);
  }
  override publish(request: PublishRequest) {
    targets[request.pipeline] = request.target;
    return super.publish(request);
  }
}

const NOW = { ms: Date.parse('2030-01-01T00:00:00Z') };
function open(through = container): BlobTarget {
  const now = () => new Date(NOW.ms).toISOString();
  return new LearningTarget({ container: through, connection: 'lake', targets: () => targets, now, staleAfterMs: 0 });
}

async function names(part: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of container.listBlobsFlat()) if (name.includes(part)) found.push(name);
  return found;
}

async function manifestOf(folder: string): Promise<Manifest> {
  const text = await container.getBlobClient(`${folder}/_sluice/manifest.json`).downloadToBuffer();
  return JSON.parse(text.toString('utf8')) as Manifest;
}

const folderOf = (table: string) => `f/${Buffer.from(table).toString('hex').slice(-40)}`;

/** Reads the current generation as somebody without Sluice does: the manifest, then the files that it names. */
function rowsOf(folder: string, columns: string): Promise<Record<string, unknown>[]> {
  return engine().use(async (session) => {
    const { files } = await manifestOf(folder);
    const parts: string[] = [];
    for (const { name, load } of files) {
      const local = path.join(session.scratchFolder, `${randomUUID()}.parquet`);
      await container.getBlobClient(`${folder}/${name}`).downloadToFile(local);
      parts.push(`SELECT *, ${load} AS _load FROM read_parquet('${local}', hive_partitioning = false)`);
    }
    if (parts.length === 0) return [];
    const all = parts.join(' UNION ALL BY NAME ');
    return session.rows(`SELECT ${columns} FROM (${all}) ORDER BY _load, _sluice_file, _sluice_row`);
  });
}

/** The data files of the run that staged last. */
const stagedData = () => names(`/data/${stagingArea(...lastStaged)}/`);

const harness = () => ({
  target: open(),
  rows: (table: string, columns: string) => rowsOf(folderOf(table), columns),
  staging: () => names('_sluice/staging/'),
  deleteStagedRow: async () => {
    const [first] = await stagedData();
    await container.deleteBlob(first!);
  },
  emptyStaging: async () => {
    for (const name of await stagedData()) await container.deleteBlob(name);
  },
  place: (table: string) => ({ path: folderOf(table) }),
  holdsNul: true,
});

describeTarget('blob', BLOB_TARGET, harness, engine);

describe('blob target: formats', () => {
  let number = 0;
  const load = (more: Partial<TargetConfig>, partitions: string[], columns?: Load['columns']): Load => {
    number += 1;
    const [runId, pipeline] = [`run-f${number}`, `f${number}`];
    return {
      runId,
      pipeline,
      table: '',
      place: { path: `f/${pipeline}`, ...more },
      partitions,
      ...(columns && { columns }),
    };
  };
  const texts = async (folder: string) => {
    const { files } = await manifestOf(folder);
    const blobs = files.map(({ name }) => container.getBlobClient(`${folder}/${name}`).downloadToBuffer());
    return (await Promise.all(blobs)).map((bytes) => bytes.toString('utf8'));
  };
  const COLUMNS = [
    column('s', 'string'), column('n', 'decimal(9,2)'), column('w', 'decimal(38,4)'), column('l', 'bigint'), column('d', 'double'),
    column('ts', 'timestamp'), column('tz', 'timestamptz'), column('x', 'binary'), column('j', 'json'), column('b', 'boolean'),
  ]; // prettier-ignore
  const SELECT = `SELECT v.s, n::DECIMAL(9,2) AS n, w::DECIMAL(38,4) AS w, l::BIGINT AS l, d::DOUBLE AS d, ts::TIMESTAMP AS ts, tz::TIMESTAMPTZ AS tz,
    x::BLOB AS x, j::JSON AS j, b FROM (VALUES
    ('a,"b"' || chr(10) || chr(13) || chr(9) || 'é\\', '0.05', '1234567890123456789012345678901234.5678', '9007199254740993', '0.1',
     '2001-02-03 04:05:06.000007', '2001-02-03 04:05:06+02', '\\x00\\xFF'::BLOB, '{"a":' || chr(10) || ' [1.50, null]}', true),
    ('', '-0.5', '0', '-9223372036854775808', '-Infinity', 'infinity', '1900-01-01 00:00:00+00', ''::BLOB, 'null', false),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('NULL', '1', '1', '1', 'NaN', '0044-03-15 (BC) 01:00:00', '9999-12-31 23:59:59.999999+00', 'x'::BLOB, '"x"', true)
    ) v(s, n, w, l, d, ts, tz, x, j, b)`;

  it('writes CSV with exact quoting, nulls apart from empty texts, and times in ISO 8601', async () => {
    const csv = load({ format: { type: 'csv', compression: 'none' } }, [SELECT], COLUMNS);
    await loadAll(engine(), open(), csv);
    expect((await texts('f/f1'))[0]).toBe(
      [
        's,n,w,l,d,ts,tz,x,j,b,_sluice_file,_sluice_row',
        '"a,""b""\n\r\té\\",0.05,1234567890123456789012345678901234.5678,9007199254740993,0.1,2001-02-03T04:05:06.000007,2001-02-03T02:05:06Z,AP8=,"{""a"":  [1.50, null]}",true,0,1',
        '"",-0.50,0.0000,-9223372036854775808,-Infinity,infinity,1900-01-01T00:00:00Z,"",null,false,0,2',
        ',,,,,,,,,,0,3',
        'NULL,1.00,1.0000,1,NaN,0044-03-15 (BC) 01:00:00,9999-12-31T23:59:59.999999Z,eA==,"""x""",true,0,4',
        '',
      ].join('\n'),
    );
  });

  it('writes NDJSON with exact numbers', async () => {
    const json = load({ format: { type: 'ndjson', compression: 'none' } }, [SELECT], COLUMNS);
    await loadAll(engine(), open(), json);
    const lines = (await texts('f/f2'))[0]!.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(
      '{"s":"a,\\"b\\"\\n\\r\\té\\\\","n":0.05,"w":"1234567890123456789012345678901234.5678","l":9007199254740993,"d":0.1,' +
        '"ts":"2001-02-03T04:05:06.000007","tz":"2001-02-03T02:05:06Z","x":"AP8=","j":{"a":  [1.50, null]},"b":true,"_sluice_file":0,"_sluice_row":1}',
    );
    expect(lines[2]).not.toContain('"j"');
    expect(JSON.parse(lines[3]!)).toMatchObject({ s: 'NULL', n: 1, w: '1.0000', d: 'NaN', j: 'x' });
  });

  it.each([
    { type: 'csv', compression: 'gzip' },
    { type: 'csv', compression: 'zstd' },
    { type: 'ndjson', compression: 'gzip' },
    { type: 'ndjson', compression: 'zstd' },
    { type: 'parquet', compression: 'snappy' },
    { type: 'parquet', compression: 'none' },
  ] as const)('gives lookups the same values back from $type with $compression', async (format) => {
    const one = load({ format }, [SELECT], COLUMNS);
    await loadAll(engine(), open(), { ...one, verify: [{ rowCount: 'exact' }, { checksum: '*' }] });
    await engine().use(async (session) => {
      const file = path.join(session.scratchFolder, 'back.parquet');
      const list = COLUMNS.map(({ name }) => name);
      expect(await open().exportPublished(configOf(one), list, file, session)).toBe(4);
      const values = 's, n, w, l, d, ts, tz, x, j IS NULL, b';
      const back = `SELECT ${values} FROM read_parquet('${file}')`;
      const sent = `SELECT ${values} FROM (${SELECT})`;
      expect(await session.rows(`(${back} EXCEPT ALL ${sent}) UNION ALL (${sent} EXCEPT ALL ${back})`)).toEqual([]);
    });
  });

  it('makes Hive folders of values, nulls and hostile texts too, and files of about the size asked for', async () => {
    const rows = `SELECT i AS id, CASE i % 3 WHEN 0 THEN 'x/=%..é' WHEN 1 THEN NULL ELSE 'b' END AS name FROM range(300000) r(i)`;
    const hive = load({ partitionBy: ['name'], fileSize: 1 << 20, format: { type: 'csv', compression: 'none' } }, [
      rows,
    ]);
    await loadAll(engine(), open(), hive);
    const { files } = await manifestOf(configOf(hive).path!);
    const folders = files.map(({ name }) => name.split('/').at(-2)!);
    expect([...new Set(folders)].toSorted()).toEqual([
      'name=__HIVE_DEFAULT_PARTITION__',
      'name=b',
      'name=x%2F%3D%25%2E%2E%C3%A9',
    ]);
    expect(files.length).toBeGreaterThan(3);
    expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(300_000);
    expect(files.filter(({ hive: { name } }) => name === null).reduce((sum, file) => sum + file.rows, 0)).toBe(100_000);
  });

  it('refuses a partition column of too many values', async () => {
    const many = load({ partitionBy: ['id'] }, [`SELECT i AS id, 'a' AS name FROM range(2000) r(i)`]);
    await expect(loadAll(engine(), open(), many)).rejects.toMatchObject({ code: 'target-value-refused' });
  });
});
