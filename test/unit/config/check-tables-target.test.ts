import { loadProject } from '../../../src/config/load-project';
import { CONNECTIONS, projectFolder, removeFolders } from './support/project-folder';

afterEach(removeFolders);

const GOOD = 'table: orders, partitionKey: country, rowKey: id, writeDisposition: merge';
const UNIQUE = 'checks: [{ unique: [id, country] }]';

function problemsOf(target: string, more = UNIQUE): string[] {
  const folder = projectFolder({
    'connections.yaml': `${CONNECTIONS}  entities: { kind: tables, setting: AzureWebJobsStorage }\n`,
    'a.yaml': `pipeline: a
source: { connection: landing, files: a/*.csv, incremental: { by: file } }
target: { connection: entities, ${target} }
${more}
`,
  });
  return loadProject({ folder, environment: 'local', env: {} }).problems.map(
    ({ code, path, message }) => `${code} ${path}: ${message}`,
  );
}

test('takes a table with both keys, checked to be unique', () => {
  expect(problemsOf(GOOD)).toEqual([]);
});

test.each([
  [GOOD, '', ['missing-unique-check target.rowKey: two rows of one key would become one entity']],
  [
    GOOD,
    'checks: [{ unique: [id, other] }]',
    ['missing-unique-check target.rowKey: two rows of one key would become one entity'],
  ],
  [
    GOOD.replace('orders', 'my_orders'),
    UNIQUE,
    ["invalid-table-name target.table: 'my_orders' is no name for an Azure table"],
  ],
  [
    GOOD.replace('orders', 'SluiceLedger'),
    UNIQUE,
    ["invalid-table-name target.table: 'SluiceLedger' is no name for an Azure table"],
  ],
  [
    GOOD.replace('merge', 'append'),
    UNIQUE,
    ['unsupported-write-disposition target.writeDisposition: a tables target cannot append'],
  ],
  [
    GOOD.replace(', rowKey: id', ''),
    UNIQUE,
    ['missing-key target: a tables target needs table and partitionKey and rowKey'],
  ],
  [
    GOOD,
    `${UNIQUE}\nverify: [{ checksum: [id] }]`,
    ['unsupported-verification verify[0].checksum: a tables target makes no checksums'],
  ],
  [
    GOOD,
    `${UNIQUE}\nverify: [{ sql: SELECT true }]`,
    ['unsupported-verification verify[0].sql: a tables target runs no SQL'],
  ],
])('refuses { %s } with %j', (target, more, problems) => {
  expect(problemsOf(target, more)).toEqual(problems);
});
