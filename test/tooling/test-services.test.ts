import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { Client } from 'pg';
import { testStorage, uniqueName } from '../support/azurite';
import { createTestDatabase, useTestDatabase } from '../support/postgres';

describe('test database', () => {
  const database = useTestDatabase();

  it('is empty and the test file alone has it', async () => {
    const other = await createTestDatabase();
    await other.query('CREATE TABLE mine (n int)');
    const tables = `SELECT count(*)::int AS n FROM information_schema.tables WHERE table_schema = 'public'`;
    expect(await other.query(tables)).toEqual([{ n: 1 }]);
    expect(await database().query(tables)).toEqual([{ n: 0 }]);
    await other.drop();
  });

  it('fails the test file that leaves a connection open', async () => {
    const leaky = await createTestDatabase();
    const client = new Client({ connectionString: leaky.connectionString, application_name: 'leak' });
    client.on('error', () => undefined);
    await client.connect();
    await expect(leaky.drop()).rejects.toThrow(/Connections left open .* leak/);
    await client.end().catch(() => undefined);
  });
});

describe('test storage', () => {
  it('stores blobs and entities', async () => {
    const storage = await testStorage();
    const container = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient(
      uniqueName('blobs'),
    );
    await container.create();
    await container.getBlockBlobClient('a').upload('hello', 5);
    expect((await container.getBlobClient('a').downloadToBuffer()).toString()).toBe('hello');
    const table = TableClient.fromConnectionString(storage.connectionString, uniqueName('rows'), {
      allowInsecureConnection: true,
    });
    await table.createTable();
    await table.createEntity({ partitionKey: 'p', rowKey: 'r', n: 1 });
    expect(await table.getEntity('p', 'r')).toMatchObject({ n: 1 });
  });
});
