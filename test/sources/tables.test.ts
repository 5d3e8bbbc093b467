import { TableClient } from '@azure/data-tables';
import { TablesSource } from '../../src/connectors/sources/tables/tables-source';
import { testStorage } from '../support/azurite';
import { randomBytes } from 'node:crypto';
import { configOf, extractAll, planned, useTestEngine } from './source-contract';

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
