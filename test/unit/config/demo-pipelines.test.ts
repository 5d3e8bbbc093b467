import { join } from 'node:path';
import { loadProject } from '../../../src/config/load-project';

const folder = join(__dirname, '../../../pipelines');

test('the demo is valid where nothing is set', () => {
  const { problems, project } = loadProject({ folder, environment: 'local', env: {} });
  expect(problems).toEqual([]);
  expect(Object.keys(project?.pipelines ?? {})).toEqual(['airports', 'birdstrikes', 'flights']);
  expect(project?.connections['warehouse']).toMatchObject({ host: '127.0.0.1', port: 5432, tls: 'off' });
});

test('production has no defaults for the warehouse, and encrypts', () => {
  const { problems } = loadProject({ folder, environment: 'production', env: {} });
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'missing-environment-variable connections.warehouse.host',
    'missing-environment-variable connections.warehouse.database',
    'missing-environment-variable connections.warehouse.user',
  ]);
  const env = { WAREHOUSE_HOST: 'db.example', WAREHOUSE_DATABASE: 'warehouse', WAREHOUSE_USER: 'app' };
  const { project } = loadProject({ folder, environment: 'production', env });
  expect(project?.connections['warehouse']).toMatchObject({
    host: 'db.example',
    tls: 'verify-full',
    maxConnections: 8,
  });
  expect(project?.pipelines['flights']?.retry.maxAttempts).toBe(8);
});

test('flights asks for eight partitions and is loaded after airports', () => {
  const { project } = loadProject({ folder, environment: 'local', env: {} });
  expect(project?.pipelines['flights']).toMatchObject({ dependsOn: ['airports'], source: { partitions: { min: 8 } } });
});
