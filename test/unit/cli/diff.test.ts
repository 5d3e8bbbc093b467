import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

afterAll(removeFolders);

const FILES = {
  'connections.yaml': CONNECTIONS,
  'orders.yaml': minimalPipeline('orders', 'parameters: { day: { type: date, default: 2001-01-01 } }\n'),
  'environments/dev.yaml': 'connections:\n  warehouse:\n    host: dev-db\n',
  'environments/prod.yaml': `connections:
  warehouse:
    host: \${env:WAREHOUSE_HOST}
    password: null
pipelines:
  orders:
    parameters: { day: { default: 2020-01-01 } }
guards: { confirm: [undo] }
`,
};

test('shows what an environment says otherwise, key by key with both places, and resolves nothing', async () => {
  const folder = projectFolder(FILES);
  const { code, out } = await sluice(['diff', '--env', 'prod', '--from', 'dev', '-f', folder], {
    env: { WAREHOUSE_HOST: 'secret-host' },
  });
  expect(code).toBe(0);
  expect(out).toBe(`connections.warehouse.host
  - dev-db  (${folder}/environments/dev.yaml:3)
  + \${env:WAREHOUSE_HOST}  (${folder}/environments/prod.yaml:3)
connections.warehouse.password
  - \${secret:pw}  (${folder}/connections.yaml:3)
pipelines.orders.parameters.day.default
  - 2001-01-01  (${folder}/orders.yaml:4)
  + 2020-01-01  (${folder}/environments/prod.yaml:7)
guards
  + {"confirm":["undo"]}  (${folder}/environments/prod.yaml:8)
${folder}: 4 differences between dev and prod.
`);
});

test('compares with the files alone unless told otherwise, also as JSON', async () => {
  const folder = projectFolder(FILES);
  const { code, out } = await sluice(['diff', '-e', 'dev', '-f', folder, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    from: null,
    to: 'dev',
    problems: [],
    differences: [
      {
        path: 'connections.warehouse.host',
        change: 'changed',
        before: 'db',
        after: 'dev-db',
        from: { file: `${folder}/connections.yaml`, line: 3 },
        to: { file: `${folder}/environments/dev.yaml`, line: 3 },
      },
    ],
  });
  expect((await sluice(['diff', '-e', 'dev', '--from', 'dev', '-f', folder])).out).toContain('nothing differs');
});

test('an environment that there is not, and wrong arguments', async () => {
  const folder = projectFolder(FILES);
  const unknown = await sluice(['diff', '-e', 'prd', '-f', folder]);
  expect(unknown.code).toBe(1);
  expect(unknown.out).toContain("Did you mean 'prod'?");
  expect(unknown.out).toContain('cannot say what differs');
  expect(await sluice(['diff', '-f', folder])).toMatchObject({ code: 2 });
  expect(await sluice(['diff', 'prod', '-f', folder])).toMatchObject({ code: 2 });
});
