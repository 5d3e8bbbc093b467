import { BlobServiceClient } from '@azure/storage-blob';
import type { Project } from '../../../src/config/project';
import { blobConnection, postgresConnection } from '../../../src/config/schema/connection';
import { testConnection } from '../../../src/connectors/test-connection';
import { createSecretResolver } from '../../../src/platform/secrets/create-secret-resolver';
import { testStorage, uniqueName } from '../../support/azurite';
import { useTestDatabase } from '../../support/postgres';

const database = useTestDatabase();

async function tried(name: string, password: string, pipelines: object = {}) {
  const { connectionString } = await testStorage();
  const client = BlobServiceClient.fromConnectionString(connectionString);
  const container = uniqueName('tried');
  await client.createContainer(container);
  const { host, port, user, database: db } = database();
  const project = {
    environment: 'local',
    connections: {
      landing: blobConnection.parse({ kind: 'blob', container }),
      warehouse: postgresConnection.parse({
        kind: 'postgres',
        host,
        port,
        user,
        database: db,
        tls: 'off',
        password: '${secret:pw}',
      }),
    },
    pipelines,
  } as unknown as Project;
  return testConnection(project, name, {
    blobServiceClient: () => client,
    tableClient: () => {
      throw new Error('no table here');
    },
    secrets: createSecretResolver({ env: { SLUICE_SECRET_PW: password }, keyVaultUri: null }),
  });
}

test('tries a connection in every way that its kind can be used', async () => {
  expect(await tried('landing', '')).toMatchObject({
    kind: 'blob',
    works: true,
    uses: [
      { as: 'source', failure: null },
      { as: 'target', failure: null },
    ],
  });
  const warehouse = await tried('warehouse', database().password);
  expect(warehouse).toMatchObject({ works: true, uses: [{ as: 'source' }, { as: 'target' }] });
  expect(warehouse.uses[1]?.findings.join(' ')).toContain('The role may make schemas.');
});

test('tries it only in the ways in which pipelines use it', async () => {
  const pipelines = { p: { source: { connection: 'landing' }, target: { connection: 'warehouse' } } };
  const { uses } = await tried('warehouse', database().password, pipelines);
  expect(uses.map(({ as }) => as)).toEqual(['target']);
});

test('says what is wrong and what to do, and shows no secret', async () => {
  const result = await tried('warehouse', 'not-the-password');
  expect(result).toMatchObject({
    works: false,
    uses: [{ works: false, failure: { code: 'authentication-failed' } }, {}],
  });
  expect(JSON.stringify(result)).not.toContain('not-the-password');
});

test('refuses a connection that is not there', async () => {
  await expect(tried('constructor', '')).rejects.toMatchObject({ code: 'unknown-connection' });
});
