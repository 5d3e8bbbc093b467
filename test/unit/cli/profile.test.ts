import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { pipelineName } from '../../../src/cli/profile-location';
import type { ColumnProfile, SourceProfile } from '../../../src/project/profile/profile-types';
import { CONNECTIONS, projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-profile-'));
let project = '';
beforeEach(() => {
  project = projectFolder({ 'connections.yaml': CONNECTIONS });
});
afterEach(removeFolders);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}
const run = (...args: string[]) => sluice(['profile', ...args, '-f', project], { workingFolder: folder });
async function profileOf(name: string, content: string): Promise<SourceProfile & { notes: string[]; pipeline: never }> {
  const { code, out, err } = await run(file(name, content), '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}
const columnOf = async (values: readonly string[]): Promise<ColumnProfile> => {
  const { columns } = await profileOf(
    'one.csv',
    `id,v\n${values.map((value, index) => `${index},"${value}"\n`).join('')}`,
  );
  return columns.find(({ name }) => name === 'v') as ColumnProfile;
};

test.each<[string[], object]>([
  [['1', '-2', '+3'], { type: 'integer' }],
  [['1', '9999999999'], { type: 'bigint' }],
  [['1', '2.50'], { type: 'decimal(7,2)' }],
  [['007', '12'], { type: 'string' }],
  [['1e9', '2.5'], { type: 'double' }],
  [['1,234.50', '7'], { type: 'decimal(10,2)', thousandsMark: ',' }],
  [['1.234,50', '7,1'], { type: 'decimal(10,2)', decimalMark: ',', thousandsMark: '.' }],
  [['$1,000.00', '$5'], { type: 'decimal(10,2)', thousandsMark: ',', strip: ['$', '€', '£'] }],
  [['true', 'FALSE'], { type: 'boolean' }],
  [['2024-02-29', '1999-12-31'], { type: 'date' }],
  [['29.02.2024', '1.3.2024'], { type: 'date', formats: ['%d.%m.%Y'] }],
  [['12/31/1999', '01/02/2000'], { type: 'date', formats: ['%m/%d/%Y'] }],
  [['1999-12-31', '1999-12-30', '12/31/1999'], { type: 'date', formats: ['%Y-%m-%d', '%m/%d/%Y'] }],
  [['2024-01-01T10:00:00Z', '2024-01-01 10:00:00+02'], { type: 'timestamptz' }],
  [['2024-01-01 10:00:00', '2024-01-01T10:00:00.5'], { type: 'timestamp' }],
  [['6f2a0c4e-9d3b-4f5a-8c1e-0a1b2c3d4e5f'], { type: 'uuid' }],
  [['a', '1'], { type: 'string' }],
  [['', ''], { type: 'string' }],
])('reads %j', async (values, reading) => {
  expect((await columnOf(values)).reading).toEqual(reading);
});

test('a type that nearly all values have is proposed, and says how many have not', async () => {
  const column = await columnOf([...Array.from({ length: 99 }, (_, index) => String(index)), 'x']);
  expect(column).toMatchObject({ reading: { type: 'integer' }, misfits: 1, max: '98', distinct: 100 });
  expect((await columnOf(['1', '2', 'x'])).reading).toEqual({ type: 'string' });
});

test('texts for no value are no values of numbers, and stay texts among texts', async () => {
  const numbers = await columnOf(['1', 'N/A', 'unknown', '', '3']);
  expect(numbers).toMatchObject({ reading: { type: 'integer' }, nulls: 3, nullTokens: ['N/A', 'unknown'], misfits: 0 });
  const texts = await columnOf(['a', 'N/A', 'unknown', ' b  b ']);
  expect(texts).toMatchObject({ reading: { type: 'string' }, nulls: 1, nullTokens: ['N/A'], spaced: 1, distinct: 3 });
});

test('figures of numbers, lengths, commonest values and shapes', async () => {
  const column = await columnOf(Array.from({ length: 101 }, (_, index) => String(index)));
  expect(column).toMatchObject({ min: '0', max: '100', mean: 50, quantiles: [5, 25, 50, 75, 95] });
  const codes = await columnOf(['AB-12', 'ÄX-99', 'AB-12', 'ab']);
  expect(codes.top).toEqual([
    { value: 'AB-12', rows: 2 },
    { value: 'ab', rows: 1 },
    { value: 'ÄX-99', rows: 1 },
  ]);
  expect(codes.patterns[0]).toEqual({ value: 'AA-99', rows: 3 });
  expect(codes.length).toEqual({ min: 2, max: 5 });
});

test('what looks like personal data is shown masked, tagged and masked by the pipeline', async () => {
  const place = file('people.csv', 'id,mail,last_name\n1,ann@example.org,Lovelace\n2,bob@example.com,Hopper\n');
  for (const flags of [[], ['--json'], ['--yaml']]) {
    const { out } = await run(place, ...flags);
    expect(out).not.toMatch(/ann@|Lovelace|bob@|Hopper/);
    if (flags[0] !== '--json') expect(out).toContain('mask: { tag: pii, method: partial, keepFirst: 1 }');
  }
  expect((await run(place)).out).toContain('personal data: email, masked here');
});

test('writing without capitals does not show in the shapes of personal data', async () => {
  const { out } = await run(file('names.csv', 'id,last_name\n1,山田太郎\n2,佐藤花子\n'), '--json');
  expect(out).not.toMatch(/田太郎|藤花子/);
});

test.each([
  ['both', '01/02/2000', '03/04/2000', true],
  ['month first', '12/31/1999', '01/02/2000', false],
  ['day first', '31/12/1999', '01/02/2000', false],
])('asks for day or month first only where both read every date: %s', async (_, one, other, asks) => {
  const { notes } = await profileOf('days.csv', `day\n${one}\n${other}\n`);
  expect(notes.some((note) => note.includes('day or month first?'))).toBe(asks);
});

test('rows that cannot be parsed are counted, and a semicolon is found', async () => {
  const { malformed, rows, columns, pipeline, complete } = await profileOf('semi.csv', 'a;b\n1;2,5\n2;3,5\n3\n');
  expect({ malformed, rows, complete }).toEqual({ malformed: 1, rows: 2, complete: true });
  expect(columns[1]?.reading).toEqual({ type: 'decimal(5,1)', decimalMark: ',', thousandsMark: '.' });
  expect(pipeline).toMatchObject({
    source: { format: { type: 'csv', delimiter: ';' } },
    quarantine: { maxShare: '67%' },
  });
});

test('looks at as many rows as it is told to, and says so', async () => {
  const place = file('many.ndjson', Array.from({ length: 50 }, (_, index) => JSON.stringify({ n: index })).join('\n'));
  const { out } = await run(place, '--rows', '10');
  expect(out).toContain('10 rows, the first of more, 1 columns');
  expect((await run(place, '--rows', '50')).out).toContain('50 rows, 1 columns');
});

test('writes the pipeline once, and sluice validate has nothing against it', async () => {
  const place = file('Orders 2024.csv', 'Order Id,Größe,Cost Total $\n1,S,"$1,000"\n2,M,N/A\n');
  const out = path.join(project, 'orders.yaml');
  expect(await run(place, '--out', out)).toMatchObject({
    code: 0,
    err: expect.stringContaining('orders.yaml') as string,
  });
  expect(readFileSync(out, 'utf8')).toContain('- rename: snake_case');
  expect(await sluice(['validate', '-f', project])).toMatchObject({ code: 0 });
  expect(await run(place, '--out', out)).toMatchObject({
    code: 2,
    err: expect.stringContaining('exists already') as string,
  });
});

test.each<[string[], number, string]>([
  [[], 2, 'name a file'],
  [['nowhere.csv'], 2, "there is no file 'nowhere.csv'"],
  [['nowhere:a.csv'], 2, "there is no connection 'nowhere'"],
  [['.'], 2, 'is a folder'],
  [['a.csv', 'b.csv'], 2, 'one name too many'],
  [['a.csv', '--rows', '0'], 2, 'whole number'],
  [['*.parquet'], 1, 'source-not-found'],
])('refuses %j', async (args, code, message) => {
  expect(await run(...args)).toMatchObject({ code, out: '', err: expect.stringContaining(message) as string });
});

test.each([
  ['header.csv', 'a,b\n', 'source-empty'],
  ['picture.parquet', '\u0089PNG', 'file-unreadable'],
  ['notes.txt', 'hello', 'format'],
])('says what is wrong with %s', async (name, content, message) => {
  const { code, err } = await run(file(name, content));
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(message) as string });
});

test('names pipelines after their files', () => {
  expect(pipelineName('exports/Orders 2024-*.csv.gz')).toBe('orders_2024');
  expect(pipelineName('in/2024/*.csv')).toBe('in');
  expect(pipelineName('shop.orders')).toBe('orders');
  expect(pipelineName('*.csv')).toBe('profiled');
});

const cell = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '-2.5',
    '01.02.2024',
    '2024-01-02',
    'N/A',
    ' x ',
    'true',
    '$5',
    'a@b.de',
    '{"a": 1}',
    "it's",
    '😀',
  ),
  fc.string({ maxLength: 12 }),
);
const header = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-zÄß"' $.:#{[-]{1,12}$/), {
    minLength: 1,
    maxLength: 4,
    selector: (name) => name.trim().toLowerCase(),
  })
  .filter((names) => names.every((name) => name.trim() !== ''));

test('whatever the file, the proposal is a valid pipeline', async () => {
  const table = header.chain((names) =>
    fc.record({
      names: fc.constant(names),
      rows: fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), {
        minLength: 1,
        maxLength: 30,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, async ({ names, rows }) => {
      const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const place = file('random.csv', [names, ...rows].map((line) => line.map(quote).join(',')).join('\n') + '\n');
      const { code, out, err } = await run(place, '--yaml');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      writeFileSync(path.join(project, 'random.yaml'), out);
      const { problems } = JSON.parse((await sluice(['validate', '--json', '-f', project])).out) as {
        problems: object[];
      };
      rmSync(path.join(project, 'random.yaml'));
      expect(problems).toEqual([]);
    }),
    { seed: 20261124, numRuns: 25 },
  );
});
