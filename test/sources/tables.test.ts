import { TableClient } from '@azure/data-tables';
import { TablesSource } from '../../src/connectors/sources/tables/tables-source';
import { testStorage } from '../support/azurite';
import { randomBytes } from 'node:crypto';
import { describeColumnSource } from './column-source-contract';
import { configOf, extractAll, planned, useTestEngine } from './source-contract';
import { useSourceRuns } from './source-runs';

const engine = useTestEngine();
let connectionString = '';
beforeAll(async () => {
  connectionString = (await testStorage()).connectionString;
});

const clientOf = (table: string) =>
  TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
const sourceOf = () => new TablesSource({ client: clientOf, connection: 'registry' });
const newTable = async () => {
  const client = clientOf(`t${randomBytes(8).toString('hex')}`);
  await client.createTable();
  return client;
};

describe('tables source', () => {
  it('reads every type exactly, as text, and what an entity lacks as null', async () => {
    const client = await newTable();
    await client.createEntity({
      partitionKey: 'p',
      rowKey: '1',
      Big: 9223372036854775807n,
      Small: 7,
      Real: 0.1,
      Flag: true,
      At: new Date('2024-03-31T01:30:00.123Z'),
      Text: 'ü🜁"\n',
      Bytes: new Uint8Array([0, 255]),
    });
    await client.createEntity({ partitionKey: 'p', rowKey: '2', Text: '' });
    const columns = { PartitionKey: 'string', RowKey: 'string', Big: 'bigint', Small: 'integer', Real: 'double', Flag: 'boolean', At: 'timestamptz', Text: 'string', Bytes: 'string' }; // prettier-ignore
    const config = configOf({
      connection: 'registry',
      table: client.tableName,
      columns,
      schema: { columns: 'discardValue' },
    });
    const { rows, facts } = await extractAll(engine(), sourceOf(), config);
    expect(facts.read).toBe(2);
    expect(rows[0]).toMatchObject({
      PartitionKey: 'p',
      RowKey: '1',
      Big: '9223372036854775807',
      Small: '7',
      Real: '0.1',
      Flag: 'true',
      At: '2024-03-31T01:30:00.123Z',
      Text: 'ü🜁"\n',
      Bytes: 'AP8=',
      _sluice_file: 0,
      _sluice_row: 1n,
    });
    expect(rows[1]).toMatchObject({ RowKey: '2', Big: null, Flag: null, Text: '' });
  });

  it('takes what the filter takes, over many pages', async () => {
    const client = await newTable();
    for (let first = 0; first < 1200; first += 100) {
      const actions = Array.from(
        { length: 100 },
        (_, index): ['create', { partitionKey: string; rowKey: string; N: number }] => [
          'create',
          { partitionKey: 'p', rowKey: String(first + index).padStart(5, '0'), N: first + index },
        ],
      );
      await client.submitTransaction(actions);
    }
    const config = (filter?: string) =>
      configOf({
        connection: 'registry',
        table: client.tableName,
        columns: { RowKey: 'string', N: 'integer' },
        schema: { columns: 'discardValue' },
        ...(filter !== undefined && { filter }),
      });
    expect((await extractAll(engine(), sourceOf(), config())).facts.read).toBe(1200);
    const some = await extractAll(engine(), sourceOf(), config('N ge 1100'));
    expect(some.rows.map(({ N }) => Number(N))).toEqual(Array.from({ length: 100 }, (_, index) => 1100 + index));
  });

  it('refuses properties that are no columns, unless told otherwise', async () => {
    const client = await newTable();
    await client.createEntity({ partitionKey: 'p', rowKey: '1', Surprise: 1 });
    const columns = { PartitionKey: 'string', RowKey: 'string', Timestamp: 'timestamptz' };
    const config = configOf({ connection: 'registry', table: client.tableName, columns });
    await expect(extractAll(engine(), sourceOf(), config)).rejects.toMatchObject({ code: 'source-schema-mismatch' });
  });

  it('explains a table that is missing, a filter that is none, and says in words that it works', async () => {
    const config = configOf({ connection: 'registry', table: 'Nowhere', columns: { RowKey: 'string' } });
    expect(await planned(engine(), sourceOf(), config)).toMatchObject({ slice: { kind: 'full' } });
    await expect(extractAll(engine(), sourceOf(), config)).rejects.toMatchObject({ code: 'source-not-found' });
    const client = await newTable();
    const broken = configOf({
      connection: 'registry',
      table: client.tableName,
      columns: { RowKey: 'string' },
      filter: 'this is no filter',
    });
    await expect(extractAll(engine(), sourceOf(), broken)).rejects.toMatchObject({ class: 'persistent' });
    expect((await sourceOf().test()).join(' ')).toContain('can be read');
  });
});

describeColumnSource(
  'tables',
  async (at) => {
    const client = await newTable();
    let key = 0;
    return {
      source: sourceOf(),
      config: (incremental) =>
        configOf({
          connection: 'registry',
          table: client.tableName,
          columns: { id: 'integer', at: at === 'time' ? 'timestamptz' : 'bigint' },
          schema: { columns: 'discardValue' },
          incremental: { by: 'column', column: 'at', ...incremental },
        }),
      put: async (rows) => {
        for (const { id, at: value } of rows) {
          const typed = value === null ? {} : { at: at === 'time' ? new Date(value) : BigInt(value) };
          await client.createEntity({ partitionKey: 'p', rowKey: String((key += 1)).padStart(5, '0'), id, ...typed });
        }
      },
    };
  },
  engine,
);

describe('tables source: by Timestamp', () => {
  const runs = useSourceRuns(engine);

  it('asks the service for what is newer, besides its own filter', async () => {
    const client = await newTable();
    const put = (rowKey: string) => client.upsertEntity({ partitionKey: rowKey[0] ?? '', rowKey, id: 1 }, 'Replace');
    const filters: (string | undefined)[] = [];
    const listEntities: TableClient['listEntities'] = (options) => {
      filters.push(options?.queryOptions?.filter);
      return client.listEntities(options);
    };
    const source = new TablesSource({
      client: () => Object.assign(Object.create(client) as TableClient, { listEntities }),
      connection: 'registry',
    });
    const config = configOf({
      connection: 'registry',
      table: client.tableName,
      filter: "PartitionKey eq 'a' or PartitionKey eq 'b'",
      columns: { RowKey: 'string', Timestamp: 'timestamptz' },
      schema: { columns: 'discardValue' },
      incremental: { by: 'column', column: 'Timestamp' },
    });
    for (const key of ['a1', 'b1', 'c1']) await put(key);
    const keys = ({ rows }: { rows: readonly Record<string, unknown>[] }) => rows.map(({ RowKey }) => RowKey);
    const first = await runs.run(source, config, null);
    expect(keys(first)).toEqual(['a1', 'b1']);
    expect((await runs.run(source, config, first.watermark)).reason).toMatch(/^already loaded/);
    // A changed entity is one more row: the target's key says what becomes of it.
    for (const key of ['a2', 'c2', 'a1']) await put(key);
    expect(keys(await runs.run(source, config, first.watermark))).toEqual(['a1', 'a2']);
    expect(filters.at(-1)).toMatch(
      /^\(PartitionKey eq 'a' or PartitionKey eq 'b'\) and Timestamp ge datetime'\d{4}-\d\d-\d\dT[\d:.]+Z'$/,
    );
  });
});
