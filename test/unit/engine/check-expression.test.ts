import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkExpression } from '../../../src/engine/check-expression';
import { createEngine } from '../../../src/engine/create-engine';
import type { EngineSession } from '../../../src/engine/engine-session';
import type { Column, ColumnType } from '../../../src/model/column';

const tempFolder = mkdtempSync(join(tmpdir(), 'sluice-expressions-'));
const engine = createEngine({ memoryLimitBytes: 2 ** 28, tempLimitBytes: 2 ** 28, threads: 1, slots: 1, tempFolder });
let session: EngineSession;
let done: () => void;
let closed: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((opened) => {
    closed = engine.use((given) => {
      session = given;
      opened();
      return new Promise<void>((resolve) => (done = resolve));
    });
  });
});
afterAll(async () => {
  done();
  await closed;
  rmSync(tempFolder, { recursive: true, force: true });
});

const column = (name: string, type: ColumnType): Column => ({ name, type, nullable: true });
const COLUMNS = [
  column('a', 'integer'),
  column('text', 'string'),
  column('day', 'date'),
  column('moment', 'timestamp'),
  column('doc', 'json'),
  column('price', 'decimal(12,2)'),
  column('select', 'string'),
  column('quo"te', 'integer'),
];
const EXTRA = [column('run_started_at', 'timestamptz')];

const ALLOWED: [string, ColumnType][] = [
  ['a > 15', 'boolean'],
  [`text || '-' || "select"`, 'string'],
  ['"quo""te" + 1', 'integer'],
  [`CASE WHEN a > 1 THEN 'x' ELSE NULL END`, 'string'],
  [`coalesce(nullif(trim(text), ''), 'none')`, 'string'],
  [`a IN (1, 2) AND a BETWEEN 0 AND 5 OR NOT (a IS NULL)`, 'boolean'],
  [`text LIKE 'a_b%' OR text ILIKE '%x%' OR text NOT LIKE 'y%'`, 'boolean'],
  [`regexp_replace(text, '[^0-9.]', '', 'g')::DECIMAL(12,2)`, 'decimal(12,2)'],
  [`replace(replace(replace(text, '$', ''), ',', ''), ' ', '')`, 'string'],
  [`text ~ '^[A-Z]{3}$' AND text SIMILAR TO 'x+'`, 'boolean'],
  [`TRY_CAST(text AS INTEGER)`, 'integer'],
  [`date_trunc('month', moment)`, 'timestamp'],
  [`date_diff('day', day, run_started_at::DATE)`, 'bigint'],
  [`EXTRACT(year FROM day)`, 'bigint'],
  [`moment + INTERVAL 1 DAY`, 'timestamp'],
  [`moment AT TIME ZONE 'Europe/Berlin'`, 'timestamptz'],
  [`strptime(text, '%d/%m/%Y')`, 'timestamp'],
  [`doc->>'$.name'`, 'string'],
  [`json_extract_string(doc, '$.a.b')`, 'string'],
  [`split_part(text, ',', 2)`, 'string'],
  [`string_split(text, ',')[1]`, 'string'],
  [`lpad(text, 10, '0')`, 'string'],
  [`format('{:05d} {}', a, text)`, 'string'],
  [`md5(text)`, 'string'],
  [`round(price * 1.19, 2)`, 'decimal(15,2)' as ColumnType],
  [`a /* the delay */ > 15`, 'boolean'],
  [`TRY(strptime(text, '%Y'))`, 'timestamp'],
  [`greatest(a, 0) // 2 % 7 ** 2`, 'double'],
  [`text = $$it's$$`, 'boolean'],
  [`'; DROP TABLE x; --' = text`, 'boolean'],
];

const HOSTILE: [string, string][] = [
  // Files, network, environment, settings
  [`read_text('/etc/passwd')`, 'function-not-allowed'],
  [`(SELECT content FROM read_text('/etc/passwd'))`, 'expression-not-allowed'],
  [`(FROM '/etc/passwd')`, 'expression-not-allowed'],
  [`getenv('HOME')`, 'function-not-allowed'],
  [`current_setting('temp_directory')`, 'function-not-allowed'],
  [`getvariable('x')`, 'function-not-allowed'],
  [`getvariable('x') IS NULL`, 'function-not-allowed'],
  [`write_log('x')`, 'function-not-allowed'],
  [`sleep_ms(100000)`, 'function-not-allowed'],
  [`pg_sleep(100)`, 'function-not-allowed'],
  [`json_execute_serialized_sql('{}')`, 'function-not-allowed'],
  [`json_serialize_sql('SELECT 1')`, 'function-not-allowed'],
  [`query('SELECT 1')`, 'function-not-allowed'],
  [`glob('/*')`, 'function-not-allowed'],
  [`enable_logging('x')`, 'function-not-allowed'],
  [`nextval('s')`, 'function-not-allowed'],
  [`error('x')`, 'function-not-allowed'],
  // Statement breaks
  [`COPY (SELECT 1) TO '/tmp/x'`, 'expression-syntax'],
  [`ATTACH '/tmp/x.db'`, 'expression-not-allowed'],
  [`INSTALL httpfs`, 'expression-syntax'],
  [`PRAGMA database_list`, 'expression-syntax'],
  [`CREATE MACRO f(x) AS x`, 'expression-syntax'],
  [`1; DROP TABLE x`, 'expression-syntax'],
  [`1) FROM a; COPY (SELECT 1) TO '/tmp/x' --`, 'expression-syntax'],
  [`1) FROM (SELECT 1) AS t; SELECT (1`, 'expression-syntax'],
  [`1) UNION ALL (SELECT 2`, 'expression-syntax'],
  [`1), (2`, 'expression-syntax'],
  [`1) AS x, (2`, 'expression-syntax'],
  [`1) FROM x WHERE (true`, 'expression-syntax'],
  [`1) --`, 'expression-syntax'],
  [`1 --`, 'expression-syntax'],
  [`1 /*`, 'expression-syntax'],
  [`'abc`, 'expression-syntax'],
  [`"abc`, 'expression-syntax'],
  [`$$abc`, 'expression-syntax'],
  [`SELECT 1`, 'expression-not-allowed'],
  [`a\0`, 'expression-syntax'],
  [``, 'expression-syntax'],
  // What spans rows, or makes rows
  [`(SELECT 1)`, 'expression-not-allowed'],
  [`EXISTS (SELECT 1)`, 'expression-not-allowed'],
  [`a IN (SELECT 1)`, 'expression-not-allowed'],
  [`a = ANY (SELECT 1)`, 'expression-not-allowed'],
  [`count(*)`, 'function-not-allowed'],
  [`sum(a) FILTER (a > 1)`, 'function-not-allowed'],
  [`row_number() OVER ()`, 'expression-not-allowed'],
  [`sum(a) OVER (ORDER BY day)`, 'expression-not-allowed'],
  [`unnest([1, 2])`, 'function-not-allowed'],
  [`generate_series(1, 10)`, 'function-not-allowed'],
  [`*`, 'expression-not-allowed'],
  [`COLUMNS('a')`, 'expression-not-allowed'],
  [`#1`, 'expression-not-allowed'],
  [`$1`, 'expression-not-allowed'],
  [`?`, 'expression-not-allowed'],
  // Volatile
  [`now()`, 'function-not-allowed'],
  [`current_date`, 'expression-not-allowed'],
  [`CURRENT_TIMESTAMP`, 'expression-not-allowed'],
  [`today()`, 'function-not-allowed'],
  [`random() < 0.5`, 'function-not-allowed'],
  [`uuid()`, 'function-not-allowed'],
  [`age(moment)`, 'expression-not-allowed'],
  // Bombs
  [`repeat('x', 1000000000)`, 'function-not-allowed'],
  [`lpad('x', 1000000000, 'y')`, 'expression-not-allowed'],
  [`lpad('x', a, 'y')`, 'expression-not-allowed'],
  [`format('{:>1000000000}', a)`, 'expression-not-allowed'],
  [`format('{:{}}', a, 1000000000)`, 'expression-not-allowed'],
  [`printf('%1000000000d', a)`, 'expression-not-allowed'],
  [`list_resize([1], 1000000000)`, 'function-not-allowed'],
  [`range(1000000000)`, 'function-not-allowed'],
  [`to_base(1, 2, 1000000000)`, 'function-not-allowed'],
  [
    `replace(replace(replace(text, 'a', '${'a'.repeat(99)}'), 'a', '${'a'.repeat(99)}'), 'a', '${'a'.repeat(99)}')`,
    'expression-not-allowed',
  ],
  [`${'hex('.repeat(12)}text${')'.repeat(12)}`, 'expression-not-allowed'],
  [`regexp_matches(text, "select")`, 'expression-not-allowed'],
  [`regexp_matches(text, '${'(a|b)'.repeat(120)}')`, 'expression-not-allowed'],
  [`regexp_matches(text, '((a{1000}){1000}){1000}')`, 'invalid-pattern'],
  [`regexp_replace(text, '(', '')`, 'invalid-pattern'],
  [`regexp_matches(text, '${'a{1,900}b'.repeat(2)}')`, 'invalid-pattern'],
  [`text LIKE '%a%a%a%a%a_%a%b'`, 'expression-not-allowed'],
  [`text LIKE "select"`, 'expression-not-allowed'],
  [`${'NOT '.repeat(900)}true`, 'expression-not-allowed'],
  [`${'abs('.repeat(1200)}1${')'.repeat(1200)}`, 'expression-syntax'],
  [Array.from({ length: 700 }, () => 'a').join('+'), 'expression-not-allowed'],
  // Recursion, lambdas, foreign types and schemas
  [`list_transform([1], x -> x + 1)`, 'function-not-allowed'],
  [`[x FOR x IN [1]]`, 'function-not-allowed'],
  [`lambda x: x`, 'expression-not-allowed'],
  [`text::regclass`, 'expression-not-allowed'],
  [`'x'::my_type`, 'expression-not-allowed'],
  [`text::ENUM('a')`, 'expression-not-allowed'],
  [`CAST(text AS other.schema_type)`, 'expression-not-allowed'],
  [`pg_catalog.lower(text)`, 'function-not-allowed'],
  [`main.pg_sleep(1)`, 'function-not-allowed'],
  [`text COLLATE nocase`, 'expression-not-allowed'],
  [`current_user`, 'unknown-column'],
  [`_sluice_row`, 'expression-not-allowed'],
  [`t.a`, 'unknown-column'],
  [`delaid > 1`, 'unknown-column'],
  // Types
  [`text + 1 > day`, 'expression-type'],
  [`lower(1, 2, 3)`, 'expression-type'],
];

it.each(ALLOWED)('allows %s', async (text, type) => {
  const check = await checkExpression(session, text, { columns: COLUMNS, extraNames: EXTRA });
  expect(check).toMatchObject({ problems: [], type });
});

it.each(HOSTILE.map(([text, code]) => [text.replace('\0', '<NUL>').slice(0, 60), text, code] as const))(
  'refuses %s',
  async (_, text, code) => {
    const check = await checkExpression(session, text, { columns: COLUMNS, extraNames: EXTRA });
    expect(check.problems.length === 0 ? 'ok' : check.problems[0]?.code).toBe(code);
    for (const problem of check.problems) expect(problem.fix.length * problem.message.length).toBeGreaterThan(0);
  },
);

it('checks syntax, nodes and functions though the columns are not known', async () => {
  for (const text of ['whatever > 1', 'lower(x) = y']) {
    expect((await checkExpression(session, text, { columns: null })).problems).toEqual([]);
  }
  for (const text of ['current_date', 'current_user', 'now()', '(SELECT 1)', '_sluice_file', 'user']) {
    expect((await checkExpression(session, text, { columns: null })).problems).toHaveLength(1);
  }
});

it('lets a column be named like a function of the clock', async () => {
  const columns = [column('current_date', 'date'), column('today', 'date'), column('user', 'string')];
  for (const text of ['current_date IS NULL', 'today IS NULL', '"user" IS NULL']) {
    expect(await checkExpression(session, text, { columns })).toMatchObject({ problems: [], type: 'boolean' });
  }
});

it('says what is meant instead', async () => {
  const fixOf = async (text: string): Promise<string | undefined> =>
    (await checkExpression(session, text, { columns: COLUMNS, expects: 'boolean' })).problems[0]?.fix;
  expect(await fixOf('pric > 1')).toBe("Did you mean 'price'?");
  expect(await fixOf('lowr(text)')).toBe("Did you mean 'lower'?");
  expect(await fixOf('now() > moment')).toContain('run_started_at');
  expect(await fixOf('count(*) > 1')).toContain('one row');
  expect(await fixOf('price')).toContain('distance > 0');
  expect(await fixOf(`select = 'x'`)).toBe(`'select' is a word of SQL: as a column write "select".`);
});

it('tells which columns an expression reads', async () => {
  const check = await checkExpression(session, 'A > 1 AND text IS NOT NULL OR a < 0', { columns: COLUMNS });
  expect(check.reads).toEqual(['A', 'text', 'a']);
});

it('finds every problem of an expression at once', async () => {
  const check = await checkExpression(session, 'now() > moment AND random() > nope', { columns: COLUMNS });
  expect(check.problems.map((problem) => problem.code)).toEqual([
    'function-not-allowed',
    'function-not-allowed',
    'unknown-column',
  ]);
});
