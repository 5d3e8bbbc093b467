import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionHash } from '../../../src/config/definition-hash';
import { loadProject } from '../../../src/config/load-project';
import { referenceHashes } from '../../../src/config/reference-files';
import type { Problem } from '../../../src/config/project';
import { checkProject } from '../../../src/project/check-project';
import { readReferences } from '../../../src/project/read-references';
import { runUnitTests } from '../../../src/steps/unit-tests/run-unit-tests';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';
import { testEngine } from './support/test-engine';

const engine = testEngine();
afterEach(removeFolders);

const COUNTRIES = 'code,name,population\nDE,Germany,83\nFR,"France, la",68\nXX,-,\n';

/** A pipeline with a lookup from a file on line 5. */
function orders(from: string, more = ''): string {
  return `pipeline: orders
source: { connection: landing, files: orders/*.csv, columns: { id: integer, country: string } }
target: { connection: warehouse, table: orders, writeDisposition: replace }
transform:
  - lookup: { from: ${from}, match: { country: code }, take: { country_name: name } }
${more}`;
}

function folderOf(
  yaml: string,
  files: Readonly<Record<string, string | Uint8Array>> = { 'reference/countries.csv': COUNTRIES },
) {
  return projectFolder({ 'connections.yaml': CONNECTIONS, 'orders.yaml': yaml, ...files });
}

async function check(folder: string) {
  const loaded = loadProject({ folder, environment: 'local', env: {} });
  return { loaded, checked: await checkProject(loaded, engine) };
}

async function problemsOf(folder: string): Promise<string[]> {
  const { checked } = await check(folder);
  return checked.problems.map(({ line, path, code, message, fix }: Problem) => {
    expect(fix).not.toBe('');
    return `${line} ${path} ${code}: ${message}`;
  });
}

test('a lookup gives the columns of a csv file as text, and declared ones as their types', async () => {
  const yaml = orders(
    '{ file: reference/countries.csv, columns: { population: integer }, nullTokens: ["-"] }',
    `  - lookup:
      from: { file: reference/countries.csv, columns: { population: integer }, nullTokens: ["-"] }
      match: { country: code }
      take: { inhabitants: population }
`,
  );
  const { checked } = await check(folderOf(yaml));
  expect(checked.problems).toEqual([]);
  expect(checked.pipelines['orders']?.columns?.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id integer',
    'country string',
    'country_name string',
    'inhabitants integer',
  ]);
});

const FILES: [string, string, string | Uint8Array][] = [
  ['csv with another delimiter', '{ file: c.csv, delimiter: ";" }', 'code;name\nDE;Germany\n'],
  ['ndjson', '{ file: c.ndjson }', '{"code":"DE","name":"Germany"}\n{"code":"FR"}\n'],
  ['json', '{ file: a/b/c.json }', '[{"code":"DE","name":"Germany"}]'],
];
test.each(FILES)('%s', async (_, from, content) => {
  const file = /file: ([^, }]+)/.exec(from)?.[1] ?? '';
  expect(await problemsOf(folderOf(orders(from), { [file]: content }))).toEqual([]);
});

test('a parquet file keeps its types', async () => {
  const folder = folderOf(orders('{ file: c.parquet }'), {});
  await engine.use(
    async (session) =>
      session.run(`COPY (SELECT 'DE' AS code, 1::INTEGER AS name) TO '${join(folder, 'c.parquet')}' (FORMAT parquet)`),
    { readable: [folder] },
  );
  const { checked } = await check(folder);
  expect(checked.problems).toEqual([]);
  expect(checked.pipelines['orders']?.columns?.at(-1)).toMatchObject({ name: 'country_name', type: 'integer' });
});

const FAULTS: [string, string, Readonly<Record<string, string | Uint8Array>>, string][] = [
  [
    'no such file',
    '{ file: c.csv }',
    {},
    "5 transform[0].lookup.from.file reference-file-missing: there is no file 'c.csv' in the pipelines folder",
  ],
  [
    'a folder',
    '{ file: c.csv }',
    { 'c.csv/d.csv': 'x' },
    "5 transform[0].lookup.from.file reference-file-unreadable: 'c.csv' is no file",
  ],
  [
    'an empty file',
    '{ file: c.csv }',
    { 'c.csv': '' },
    'transform[0].lookup.from.file reference-file-invalid: The reference file c.csv cannot be used',
  ],
  [
    'a ragged row',
    '{ file: c.csv }',
    { 'c.csv': 'code,name\nDE,Germany\nFR\n' },
    'reference-file-invalid: The reference file c.csv cannot be used: row 2 is bad',
  ],
  ['a name twice', '{ file: c.csv }', { 'c.csv': 'code,name,Name\nDE,a,b\n' }, 'stands in the header twice'],
  ['no JSON', '{ file: c.json }', { 'c.json': '[{"code": 1,' }, 'reference-file-invalid'],
  ['no parquet', '{ file: c.parquet }', { 'c.parquet': 'code,name' }, 'reference-file-invalid'],
  [
    'a value of another type',
    '{ file: c.csv, columns: { code: integer } }',
    { 'c.csv': 'code,name\n1,a\n1.6,b\n' },
    "row 2: the value of 'code' is no integer",
  ],
  [
    'a declared column that is not there',
    '{ file: c.csv, columns: { iso: string } }',
    { 'c.csv': 'code,name\n1,a\n' },
    "there is no column 'iso' in it; it has code, name",
  ],
  [
    'an unknown column in take',
    '{ file: c.csv }',
    { 'c.csv': 'code,nam\nDE,a\n' },
    "5 transform[0].lookup.take.country_name unknown-column: There is no column 'name' at this point",
  ],
  [
    'an unknown column in match',
    '{ file: c.csv }',
    { 'c.csv': 'cod,name\nDE,a\n' },
    '5 transform[0].lookup.match.country unknown-column',
  ],
  [
    'a key twice',
    '{ file: c.csv }',
    { 'c.csv': 'code,name\nDE,a\n,b\n,c\nDE,d\n' },
    "5 transform[0].lookup.match lookup-keys-not-unique: rows 1 and 4 of 'c.csv' have the same code: joining would multiply rows",
  ],
  [
    'an option of csv',
    '{ file: c.json, delimiter: ";" }',
    { 'c.json': '[{"code":"1","name":"a"}]' },
    '5 transform[0].lookup.from.delimiter reference-file-option',
  ],
  [
    'another type than ours',
    '{ file: c.csv, columns: { code: integer } }',
    { 'c.csv': 'code,name\n1,a\n' },
    'types-differ',
  ],
];
test.each(FAULTS)('refuses %s', async (_, from, files, expected) => {
  const problems = await problemsOf(folderOf(orders(from), files));
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]).toContain(expected);
});

test.each([
  '../countries.csv',
  'reference/../../countries.csv',
  '/etc/countries.csv',
  'C:/countries.csv',
  'reference\\countries.csv',
  './countries.csv',
  '.hidden/countries.csv',
  'reference//countries.csv',
  'countries.csv\u0000.csv',
  'countries*.csv',
  '${param:file}.csv',
  'orders.yaml',
])('refuses the path %j', async (file) => {
  const [problem] = await problemsOf(folderOf(orders(`{ file: ${JSON.stringify(file)} }`)));
  expect(problem).toContain('5 transform[0].lookup.from.file');
  expect(problem).toContain('a file is written as its path below the pipelines folder');
});

test('follows no links: of the file, nor of a folder on the way', async () => {
  const outside = projectFolder({ 'countries.csv': COUNTRIES });
  const folder = folderOf(orders('{ file: countries.csv }'), {});
  symlinkSync(join(outside, 'countries.csv'), join(folder, 'countries.csv'));
  expect((await problemsOf(folder))[0]).toContain('reference-file-outside');
  const other = folderOf(orders('{ file: reference/countries.csv }'), {});
  symlinkSync(outside, join(other, 'reference'));
  expect((await problemsOf(other))[0]).toContain('reference-file-outside');
});

test('a named pipe is refused at once, and not waited for', async () => {
  const folder = folderOf(orders('{ file: countries.csv }'), {});
  execFileSync('mkfifo', [join(folder, 'countries.csv')]);
  expect((await problemsOf(folder))[0]).toContain("reference-file-unreadable: 'countries.csv' is no file");
});

test('refuses a file of more than 32 MB', async () => {
  const folder = folderOf(orders('{ file: reference/countries.csv }'));
  truncateSync(join(folder, 'reference/countries.csv'), 32 * 1024 ** 2 + 1);
  expect((await problemsOf(folder))[0]).toContain('reference-file-too-large');
});

test('refuses one file in two ways', async () => {
  const yaml = orders(
    '{ file: reference/countries.csv }',
    'checks:\n  - relationships: { column: country, to: { file: reference/countries.csv, nullTokens: [XX] }, field: code }\n',
  );
  expect(await problemsOf(folderOf(yaml))).toEqual([
    expect.stringContaining('7 checks[0].relationships.to.file reference-file-differs'),
  ]);
});

test('a name of a pipeline is still checked as one', async () => {
  expect((await problemsOf(folderOf(orders('nobody'))))[0]).toContain(
    "5 transform[0].lookup.from unknown-pipeline: there is no pipeline 'nobody'",
  );
  expect((await problemsOf(folderOf(orders('No Body'))))[0]).toContain('5 transform[0].lookup.from');
  expect((await problemsOf(folderOf(orders('{ fil: c.csv }'))))[0]).toContain('5 transform[0].lookup.from');
});

test('the definition hash changes with the content, and only for pipelines that read the file', () => {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'orders.yaml': orders('{ file: reference/countries.csv }'),
    'other.yaml': minimalPipeline('other'),
    'reference/countries.csv': COUNTRIES,
  });
  const hashes = (): string[] => {
    const { project, referenceFiles } = loadProject({ folder, environment: 'local', env: {} });
    return Object.values(project?.pipelines ?? {}).map((pipeline) =>
      definitionHash(pipeline, referenceHashes(pipeline, referenceFiles)),
    );
  };
  const before = hashes();
  expect(before).toHaveLength(2);
  expect(hashes()).toEqual(before);
  writeFileSync(join(folder, 'reference/countries.csv'), `${COUNTRIES}IT,Italy,59\n`);
  const after = hashes();
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).toBe(before[1]);
});

test('unit tests read the real file, or rows of their own in its place', async () => {
  const yaml = orders(
    '{ file: reference/countries.csv, columns: { population: integer } }',
    `checks:
  - relationships: { column: country, to: { file: reference/countries.csv, columns: { population: integer } }, field: code }
unitTests:
  - given: [{ id: 1, country: FR }, { id: 2, country: IT }]
    expected: [{ id: 1, country_name: "France, la" }]
    quarantined: [{ id: "2" }]
  - given: [{ id: 1, country: FR }, { id: 2, country: IT }]
    references: { "file:reference/countries.csv": [{ code: IT, name: Italy, population: 1 }] }
    expected: [{ id: 2, country_name: Italy }]
    quarantined: [{ id: "1" }]
`,
  );
  const { loaded, checked } = await check(folderOf(yaml));
  expect(checked.problems).toEqual([]);
  const pipeline = loaded.partial.pipelines['orders'];
  if (pipeline === undefined) throw new Error('There is no pipeline.');
  const results = await engine.use(async (session) =>
    runUnitTests(pipeline, session, await readReferences(pipeline, loaded.referenceFiles, session)),
  );
  expect(results).toMatchObject([
    { passed: true, differences: [], error: null },
    { passed: true, differences: [], error: null },
  ]);
});

test('rows of a file that no lookup reads are refused', async () => {
  const yaml = orders(
    '{ file: reference/countries.csv }',
    'unitTests:\n  - { given: [{ id: 1 }], expected: [], references: { "file:c.csv": [] } }\n',
  );
  expect((await problemsOf(folderOf(yaml)))[0]).toContain('unknown-reference');
});
