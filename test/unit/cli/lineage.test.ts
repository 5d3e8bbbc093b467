import type { PipelineLineage, TargetColumn } from '../../../src/project/lineage/pipeline-lineage';
import { CONNECTIONS, projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

afterEach(removeFolders);

const CITIES = `pipeline: cities
source:
  connection: landing
  files: cities/*.csv
  columns: { id: integer, name: string, mayor: { type: string, tags: [pii] } }
transform:
  - mask: { tag: pii, method: redact, with: '-' }
target: { connection: warehouse, table: mart.cities, writeDisposition: replace }
`;
const ORDERS = (transform: string): string => `pipeline: orders
dependsOn: [cities]
source:
  connection: landing
  files: orders/*.csv
  columns: { id: string, city: integer, note: string, parts: json }
transform:
${transform}
target: { connection: warehouse, table: mart.orders, writeDisposition: replace }
`;

function folderWith(transform: string): string {
  return projectFolder({
    'connections.yaml': CONNECTIONS,
    'cities.yaml': CITIES,
    'orders.yaml': ORDERS(transform),
    'reference/codes.csv': 'code,label\na,A\n',
  });
}

async function lineageOf(transform: string): Promise<PipelineLineage> {
  const { code, out, err } = await sluice(['lineage', 'orders', '--json', '-f', folderWith(transform)]);
  expect({ code, err, problems: (JSON.parse(out) as { problems: unknown }).problems }).toEqual({
    code: 0,
    err: '',
    problems: [],
  });
  return (JSON.parse(out) as { lineage: PipelineLineage }).lineage;
}

async function columnsOf(transform: string): Promise<Record<string, TargetColumn>> {
  const { columns } = await lineageOf(transform);
  return Object.fromEntries((columns ?? []).map((column) => [column.name, column]));
}
const all = ['id', 'city', 'note', 'parts'];
const sources = (columns: Record<string, TargetColumn>) =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.sources]));

describe('where columns come from, by kind of step', () => {
  const same = { id: ['id'], city: ['city'], note: ['note'], parts: ['parts'] };
  test.each([
    ['cast', '  - cast: { id: integer }', same],
    ['rename', '  - rename: { id: key }', { key: ['id'], city: ['city'], note: ['note'], parts: ['parts'] }],
    ['select', '  - select: [note, id]', { note: ['note'], id: ['id'] }],
    ['drop', '  - drop: [parts, note]', { id: ['id'], city: ['city'] }],
    ['derive', "  - derive: { both: id || note, one: '1' }", { ...same, both: ['id', 'note'], one: [] }],
    ['cleanse', '  - cleanse: { columns: [note], case: upper }', same],
    ['rule', '  - rule: { when: city = 1, set: { note: id } }', { ...same, note: ['id', 'note'] }],
    [
      'rules',
      '  - rules: { list: [{ name: r, when: city = 1, set: { kind: id }, reason: x }], reasonColumn: why }',
      { ...same, kind: ['id'], why: [] },
    ],
    ['mask', "  - mask: { columns: [note], method: redact, with: '-' }", same],
    ['aggregate', '  - aggregate: { groupBy: [city], measures: { n: count(id) } }', { city: ['city'], n: ['id'] }],
    [
      'unnest',
      '  - unnest: { column: parts, as: part, ordinal: nr }',
      { id: ['id'], city: ['city'], note: ['note'], part: ['parts'], nr: ['parts'] },
    ],
    ['sql', '  - sql: SELECT id AS key, upper(note) AS loud FROM input', { key: ['id'], loud: ['note'] }],
    ['sql that cannot be followed', '  - sql: WITH a AS (SELECT * FROM input) SELECT id AS key FROM a', { key: all }],
  ])('%s', async (_, transform, expected) => {
    expect(sources(await columnsOf(transform))).toEqual(expected);
  });

  test('says what each step did, and beginning with the cast at the source', async () => {
    const { city, n } = await columnsOf('  - rename: { id: key }\n  - derive: { n: city + 1 }');
    expect(city?.steps).toEqual([{ index: -1, kind: 'cast', column: 'city', expression: 'integer', reads: ['city'] }]);
    expect(n?.steps.at(-1)).toEqual({ index: 1, kind: 'derive', column: 'n', expression: 'city + 1', reads: ['city'] });
  });

  test('says all columns where a statement cannot be followed, and not where it can', async () => {
    const { key } = await columnsOf('  - sql: WITH a AS (SELECT * FROM input) SELECT id AS key FROM a');
    expect(key?.allColumns).toBe(true);
    const { loud } = await columnsOf('  - sql: SELECT upper(note) AS loud FROM input');
    expect(loud?.allColumns).toBe(false);
  });

  test('names the table or file of a lookup', async () => {
    const { city_name, label } =
      await columnsOf(`  - lookup: { from: cities, match: { city: id }, take: { city_name: name } }
  - lookup: { from: { file: reference/codes.csv }, match: { note: code }, take: { label: label } }`);
    expect(city_name).toMatchObject({
      sources: [],
      masked: 'none',
      references: [
        { from: 'cities', column: 'name', match: ['city'], place: { connection: 'warehouse', object: 'mart.cities' } },
      ],
    });
    expect(label?.references).toMatchObject([{ from: 'file:reference/codes.csv', column: 'label', place: null }]);
  });

  test('says what is masked: here, in part, and by the pipeline that a lookup reads', async () => {
    const columns = await columnsOf(`  - lookup: { from: cities, match: { city: id }, take: { mayor: mayor } }
  - mask: { columns: [note], method: redact, with: '-' }
  - derive: { mixed: id || note, loud: upper(note) }`);
    const masked = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.masked]));
    expect(masked).toMatchObject({ id: 'none', note: 'all', mixed: 'part', loud: 'all', mayor: 'all' });
  });

  test('names the steps that decide over rows, by source columns', async () => {
    const { rows } = await lineageOf(`  - rename: { id: key }
  - filter: key <> ''
  - deduplicate: { keys: [key], orderBy: [city desc] }
  - lookup: { from: cities, match: { city: id }, take: { city_name: name }, missing: quarantine }`);
    expect(rows.map(({ index, kind, sources: from }) => [index, kind, from])).toEqual([
      [1, 'filter', ['id']],
      [2, 'deduplicate', ['id', 'city']],
      [3, 'lookup', ['city']],
    ]);
  });
});

describe('sluice lineage', () => {
  test('as text', async () => {
    const transform =
      "  - filter: city > 0\n  - mask: { columns: [note], method: redact, with: '-' }\n  - drop: [parts]";
    const { code, out } = await sluice(['lineage', 'orders', '-f', folderWith(transform)]);
    expect(code).toBe(0);
    expect(out).toBe(`orders: landing:orders/*.csv → warehouse:mart.orders

id (string) ← id
city (integer) ← city
    source.columns cast city: integer
note (string) ← note  [masked]
    transform[1] mask note: redact

which rows go on
    transform[0] filter: city > 0 [city]
`);
  });

  test('as Mermaid', async () => {
    const transform = "  - select: [note]\n  - mask: { columns: [note], method: redact, with: '-' }";
    const { out } = await sluice(['lineage', 'orders', '--mermaid', '-f', folderWith(transform)]);
    expect(out).toContain('flowchart LR\n  subgraph g0 ["landing:orders/*.csv"]\n    n0["id"]\n');
    expect(out).toContain('n2 -- masked --> n4\n');
    expect(out).toContain('class n4 masked\n');
  });

  test('without a pipeline: the graph over all', async () => {
    const transform = `  - lookup: { from: cities, match: { city: id }, take: { city_name: name } }
  - lookup: { from: { file: reference/codes.csv }, match: { note: code }, take: { label: label } }`;
    const folder = folderWith(transform);
    expect((await sluice(['lineage', '-f', folder])).out).toBe(`cities: landing:cities/*.csv → warehouse:mart.cities
orders: landing:orders/*.csv → warehouse:mart.orders
    ← cities (dependsOn, lookup)
    ← file:reference/codes.csv (lookup)
`);
    const { lineage } = JSON.parse((await sluice(['lineage', '--json', '-f', folder])).out) as {
      lineage: { pipelines: object[] };
    };
    expect(lineage.pipelines).toMatchObject([
      { pipeline: 'cities', level: 0 },
      { pipeline: 'orders', level: 1 },
    ]);
    expect((await sluice(['lineage', '--mermaid', '-f', folder])).out).toBe(`flowchart LR
  n0["cities"]
  n1["orders"]
  n2[("file:reference/codes.csv")]
  n0 -- "dependsOn, lookup" --> n1
  n2 -- "lookup" --> n1
`);
  });

  test('says what is missing where columns are not declared', async () => {
    const folder = projectFolder({
      'connections.yaml': CONNECTIONS,
      'a.yaml':
        'pipeline: a\nsource: { connection: landing, files: a/*.csv }\ntarget: { connection: warehouse, table: a, writeDisposition: replace }\n',
    });
    const { code, out } = await sluice(['lineage', 'a', '-f', folder]);
    expect(code).toBe(1);
    expect(out).toContain('declare them in source.columns');
  });

  test.each([
    [['lineage', 'ordres'], 1, "Did you mean 'orders'?"],
    [['lineage', 'a', 'b'], 2, "'b' is one name too many"],
    [['lineage', '--json', '--mermaid'], 2, 'choose --json or --mermaid'],
    [['lineage', '--mermiad'], 2, "Unknown option '--mermiad'"],
  ])('%j is wrong use', async (args, code, message) => {
    const found = await sluice([...args, '-f', folderWith('  - drop: [parts]')]);
    expect(found).toMatchObject({ code, out: '' });
    expect(found.err).toContain(message);
  });

  test('a folder with errors is not followed', async () => {
    const { code, err } = await sluice(['lineage', 'orders', '-f', folderWith('  - derive: { x: nothing + 1 }')]);
    expect(code).toBe(1);
    expect(err).toContain('nothing to follow');
  });

  test('has help', async () => {
    expect((await sluice(['lineage', '--help'])).out).toMatch(/^sluice lineage \[pipeline\]/);
  });
});
