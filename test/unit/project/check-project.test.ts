import { loadProject } from '../../../src/config/load-project';
import { checkProject, type CheckedProject } from '../../../src/project/check-project';
import { testEngine } from './support/test-engine';
import { CONNECTIONS, projectFolder, removeFolders } from '../config/support/project-folder';

const engine = testEngine();
afterEach(removeFolders);

const AIRPORTS = `pipeline: airports
source: { connection: landing, files: airports.csv, columns: { iata: string, state: string } }
target: { connection: warehouse, table: airports, writeDisposition: replace }
`;
function flights(more: string): string {
  return `pipeline: flights
dependsOn: [airports]
source: { connection: landing, files: f.parquet, columns: { origin: string, distance: bigint } }
target: { connection: warehouse, table: flights, writeDisposition: replace, key: [origin] }
${more}
`;
}

async function check(more: string): Promise<CheckedProject & { readonly lines: string[] }> {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'airports.yaml': AIRPORTS,
    'flights.yaml': flights(more),
  });
  const checked = await checkProject(loadProject({ folder, environment: 'local', env: {} }), engine);
  const lines = checked.problems.map(
    ({ file, line, column, path, code, value }) =>
      `${file.slice(folder.length + 1)}:${line}:${column} ${code} ${path} ${String(value)}`,
  );
  return { ...checked, lines };
}

test('columns follow through steps and lookups into what they are', async () => {
  const { project, pipelines, problems } = await check(`transform:
  - derive: { far: distance > 1000, km: CAST(distance * 1.6 AS DOUBLE) }
  - lookup: { from: airports, match: { origin: iata }, take: { origin_state: state } }
  - drop: [distance]`);
  expect(problems).toEqual([]);
  expect(project).not.toBeNull();
  expect(pipelines['flights']?.columns?.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'origin string',
    'far boolean',
    'km double',
    'origin_state string',
  ]);
});

test.each([
  [
    'an unknown column',
    'transform:\n  - filter: distanse > 0',
    'flights.yaml:6:13 unknown-column transform[0].filter distanse > 0',
  ],
  [
    'bad SQL',
    'transform:\n  - derive:\n      x: distance >',
    'flights.yaml:7:10 expression-syntax transform[0].derive.x distance >',
  ],
  [
    'a function that is not allowed',
    "transform:\n  - derive: { x: getenv('HOME') }",
    "flights.yaml:6:18 function-not-allowed transform[0].derive.x getenv('HOME')",
  ],
  [
    'a volatile function',
    'transform:\n  - derive: { x: random() }',
    'flights.yaml:6:18 function-not-allowed transform[0].derive.x random()',
  ],
  [
    'a subquery',
    'transform:\n  - derive: { x: (SELECT 1) }',
    'flights.yaml:6:18 expression-not-allowed transform[0].derive.x (SELECT 1)',
  ],
  [
    'a filter that is no condition',
    'transform:\n  - filter: distance + 1',
    'flights.yaml:6:13 expression-type transform[0].filter distance + 1',
  ],
  [
    'types that do not fit',
    'transform:\n  - derive: { x: origin - 1 }',
    'flights.yaml:6:18 expression-type transform[0].derive.x origin - 1',
  ],
  [
    'a check on a column that a step dropped',
    'transform:\n  - drop: [distance]\nchecks:\n  - range: { column: distance, min: 1 }',
    'flights.yaml:8:22 unknown-column checks[0].range.column distance',
  ],
  [
    'a lookup of a column that the other table lacks',
    'transform:\n  - lookup: { from: airports, match: { origin: iata }, take: { city: city } }',
    'flights.yaml:6:70 unknown-column transform[0].lookup.take.city city',
  ],
  [
    'a field that the other table lacks',
    'checks:\n  - relationships: { column: origin, to: airports, field: code }',
    'flights.yaml:6:59 unknown-column checks[0].relationships.field code',
  ],
  [
    'a checksum of no column',
    'verify:\n  - checksum: [distance, delay]',
    'flights.yaml:6:26 unknown-column verify[0].checksum[1] delay',
  ],
  [
    'a unit test of no column',
    'unitTests:\n  - given: [{ orgin: A }]\n    expected: []',
    'flights.yaml:6:22 unknown-column unitTests[0].given[0].orgin A',
  ],
])('%s', async (_what, more, expected) => {
  const { lines, project } = await check(more);
  expect(lines).toEqual([expected]);
  expect(project).toBeNull();
});

test('a key of the table that no column has', async () => {
  const { lines } = await check('transform:\n  - drop: [origin]');
  expect(lines).toEqual(['flights.yaml:4:83 unknown-column target.key[0] origin']);
});

test('a parameter stands in with its default, or NULL of its type', async () => {
  const { problems } = await check(`parameters: { least: { type: integer }, since: { type: date, default: 2001-01-01 } }
transform:
  - filter: distance > \${param:least} AND \${param:since} IS NOT NULL`);
  expect(problems).toEqual([]);
});

test('where columns are not declared, what can be known without them is checked', async () => {
  const yaml = `pipeline: p
source: { connection: landing, files: p.csv }
target: { connection: warehouse, table: p, writeDisposition: replace }
transform:
  - derive: { x: y + 1, z: getenv('HOME') }
`;
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'p.yaml': yaml });
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  const checked = await checkProject(loaded, engine);
  expect(checked.problems).toMatchObject([{ code: 'function-not-allowed', line: 5, column: 28 }]);
  expect(checked.pipelines['p']?.columns).toBeNull();
});
