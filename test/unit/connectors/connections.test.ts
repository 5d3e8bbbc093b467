import { BlobServiceClient } from '@azure/storage-blob';
import { openSource, openTarget, type ConnectionDependencies } from '../../../src/connectors/connections';
import { connection } from '../../../src/config/schema/connection';
import { createSecretResolver } from '../../../src/platform/secrets/create-secret-resolver';
import type { Project } from '../../../src/config/project';

const project: Project = {
  environment: 'test',
  pipelines: {},
  connections: {
    landing: connection.parse({ kind: 'blob', setting: 'LANDING', container: 'landing' }),
    warehouse: connection.parse({
      kind: 'postgres',
      host: '127.0.0.1',
      port: 1,
      database: 'd',
      user: 'u',
      password: '${secret:warehouse-password}',
      tls: 'off',
    }),
  },
};

function dependencies(): ConnectionDependencies & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    tableClient: () => {
      throw new Error('no table here');
    },
    blobServiceClient: (setting) => {
      asked.push(setting);
      return new BlobServiceClient('http://127.0.0.1:1/account');
    },
    secrets: {
      ...createSecretResolver({ env: {}, keyVaultUri: null }),
      get: async (name) => {
        asked.push(name);
        return 'hush';
      },
    },
  };
}

describe('connections', () => {
  it('opens a source on the account that the setting names', async () => {
    const deps = dependencies();
    expect((await openSource(project, 'landing', deps)).kind).toBe('blob');
    expect(deps.asked).toEqual(['LANDING']);
  });

  it('resolves the secret of a target when it connects, not before, and shows it nowhere', async () => {
    const deps = dependencies();
    const target = await openTarget(project, 'warehouse', deps);
    expect(deps.asked).toEqual([]);
    const error = await target.test().catch((thrown: unknown) => thrown as Error);
    expect(deps.asked).toEqual(['warehouse-password']);
    expect(error).toMatchObject({ code: 'target-unavailable' });
    expect(String(error) + JSON.stringify(error)).not.toContain('hush');
  });

  it.each([
    ['nowhere', openSource],
    ['constructor', openTarget],
  ])('refuses %s where it cannot be used', async (name, open) => {
    await expect(open(project, name, dependencies())).rejects.toMatchObject({
      code: 'unknown-connection',
      class: 'persistent',
    });
  });
});
