import { loadProject } from '../../../src/config/load-project';
import { projectFolder, removeFolders } from './support/project-folder';

afterEach(removeFolders);

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  web: { kind: http, baseUrl: 'https://example.com/api' }
  shelf: { kind: tables }
  crm: { kind: postgres, host: db, database: d, user: u, password: '\${secret:pw}' }
`;

function problems(source: string, disposition = 'append'): string[] {
  const yaml = `pipeline: a\nsource: { ${source} }\ntarget: { connection: crm, table: t, writeDisposition: ${disposition} }\n`;
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': yaml });
  return loadProject({ folder, environment: 'local', env: {} })
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ line, path, code, message }) => `${line} ${code} ${path} | ${message}`);
}

test.each([
  [
    'connection: web, request: { path: /a }',
    '2 missing-key source | a web API has no header, so its columns must be declared',
  ],
  [
    'connection: web, request: { path: /a }, columns: { a: string }, format: { type: csv }, pagination: { by: cursor, cursor: a }',
    '2 unsupported-pagination source.pagination | only a JSON answer has a cursor',
  ],
  [
    'connection: web, request: { path: /a }, columns: { a: string }, incremental: { by: file }',
    '2 unsupported-incremental source.incremental.by | a http source finds nothing new by file',
  ],
  [
    'connection: web, request: { path: /a }, columns: { a: bigint }, incremental: { by: column, column: b }',
    '2 unknown-column source.incremental.column | source.columns has no b',
  ],
  [
    'connection: web, request: { path: /a }, columns: { a: { type: double } }, incremental: { by: column, column: a }',
    '2 wrong-cursor-type source.incremental.column | a is double: new rows are found by a date, a time or an exact number',
  ],
  [
    'connection: shelf, table: t, columns: { a: timestamptz }, incremental: { by: column, column: a, lag: 5 }',
    '2 wrong-lag source.incremental.lag | a is timestamptz, and its lag is 5',
  ],
  [
    'connection: web, request: { path: /a, since: { parameter: from } }, columns: { a: bigint }',
    '2 conflicting-keys source.request.since | without incremental there is no value to ask from',
  ],
  ['connection: crm', '2 missing-key source | a postgres source needs table or query'],
  ['connection: landing', '2 missing-key source | a blob source needs files'],
  ['connection: crm, table: t, query: SELECT 1', '2 conflicting-keys source.query | there are table and query'],
  ['connection: landing, files: a.csv, table: t', '2 wrong-source-key source.table | a blob source has no table'],
  ['connection: crm, table: t, settle: 1m', '2 wrong-source-key source.settle | a postgres source has no settle'],
  [
    'connection: crm, table: t, incremental: { by: file }',
    '2 unsupported-incremental source.incremental.by | a postgres source finds nothing new by file',
  ],
  [
    'connection: landing, files: a.csv, incremental: { by: column, column: x }',
    '2 unsupported-incremental source.incremental.by | a blob source finds nothing new by column',
  ],
  [
    'connection: landing, files: a.csv, partitions: { by: x }',
    '2 wrong-source-key source.partitions.by | a blob source is not split by a column',
  ],
  [
    'connection: landing, files: a.csv, consistency: snapshot',
    '2 wrong-source-key source.consistency | a blob source has no snapshot',
  ],
])('%s', (source, expected) => {
  expect(problems(source)).toEqual([expected]);
});

test('an increment cannot replace', () => {
  expect(problems('connection: crm, table: t, incremental: { by: column, column: id }', 'replace')).toEqual([
    '3 replace-of-increment target.writeDisposition | replace would take away what earlier runs loaded, since each run takes only what is new',
  ]);
});

test.each([
  'table: t',
  'query: SELECT 1',
  'table: t, incremental: { by: column, column: id, lag: 5 }, partitions: { by: id }',
])('%s is sound', (source) => {
  expect(problems(`connection: crm, ${source}`)).toEqual([]);
});
