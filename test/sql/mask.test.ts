import { createHash, createHmac } from 'node:crypto';
import { bindPipeline } from '../../src/steps/transform/bind-pipeline';
import { transformPartition } from '../../src/steps/transform/transform-partition';
import { pipelineOf, StepsBench, userRows, type Row } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const SALT = 'a salt that nobody may see, and longer than the block of the hash, 64 bytes ü';
const SECRET = '${secret:pii-salt}';
const TEXTS = ['', 'a', "it's", 'Zoë 👨‍👩‍👧', 'x'.repeat(10_000)];

interface Run {
  readonly good: Row[];
  readonly quarantine: Row[];
  readonly sql: string;
}

/** Runs rows through a pipeline that masks. */
async function run(
  part: Parameters<typeof pipelineOf>[0],
  query: string,
  more: Partial<Parameters<typeof transformPartition>[0]> = {},
): Promise<Run> {
  const pipeline = pipelineOf(part);
  const inputColumns = await bench.columnsOf(query);
  const bound = await bindPipeline({ pipeline, inputColumns, references: {}, session: bench.session });
  expect(bound.problems).toEqual([]);
  const [goodFile, quarantineFile] = [bench.path('good'), bench.path('quarantine')];
  const facts = await transformPartition({
    pipeline,
    input: await bench.parquet(
      `SELECT *, 0::INTEGER AS _sluice_file, row_number() OVER () AS _sluice_row FROM (${query})`,
    ),
    rejects: null,
    inputColumns,
    references: [],
    parameters: {},
    runStartedAt: '2026-01-01T00:00:00.000Z',
    session: bench.session,
    salts: { 'pii-salt': SALT },
    goodFile,
    quarantineFile,
    contendersFile: bench.path('contenders'),
    ...more,
  });
  const quarantine = facts.quarantinedRows > 0 ? await bench.read(quarantineFile) : [];
  return { good: await bench.read(goodFile), quarantine, sql: JSON.stringify(bound.sql) };
}

const rowsOf = (texts: readonly (string | null)[]): string =>
  `SELECT * FROM (VALUES ${texts.map((text) => `(${text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`})`).join(', ')}) t(v)`;
const maskedOf = async (mask: Record<string, unknown>, texts: readonly (string | null)[]): Promise<unknown[]> => {
  const { good, sql } = await run({ transform: [{ mask: { columns: ['v'], ...mask } }] }, rowsOf(texts));
  expect(sql).not.toContain(SALT.slice(0, 10));
  return good.map((row) => row['v']);
};

test('sha256 is that of salt and value; null stays null', async () => {
  const expected = TEXTS.map((text) =>
    createHash('sha256')
      .update(SALT + text)
      .digest('hex'),
  );
  expect(await maskedOf({ method: 'sha256', salt: SECRET }, [...TEXTS, null])).toEqual([...expected, null]);
});

test.each([SALT, 'short'])('a token is the first 22 characters of an HMAC, as base64url: salt %p', async (salt) => {
  const expected = TEXTS.map((text) => createHmac('sha256', salt).update(text).digest('base64url').slice(0, 22));
  const part = { transform: [{ mask: { columns: ['v'], method: 'token', salt: SECRET } }] };
  const { good } = await run(part, rowsOf([...TEXTS, null]), { salts: { 'pii-salt': salt } });
  expect(good.map((row) => row['v'])).toEqual([...expected, null]);
});

test('partial keeps whole characters, and nothing of a value that is too short', async () => {
  const texts = ['DE89370400440532013000', 'abc', '', 'Zoë 👨‍👩‍👧!', null];
  expect(await maskedOf({ method: 'partial', keepFirst: 2, keepLast: 1 }, texts)).toEqual([
    'DE*******************0',
    '***',
    '',
    'Zo***!',
    null,
  ]);
  expect(await maskedOf({ method: 'partial' }, ['abc', null])).toEqual(['***', null]);
});

test('redact writes a text, or null of the same type', async () => {
  expect(await maskedOf({ method: 'redact', with: "it's gone" }, ['a', null])).toEqual(["it's gone", null]);
  const pipeline = { transform: [{ mask: { columns: ['n'], method: 'redact' } }] };
  const { good } = await run(pipeline, 'SELECT 5::INTEGER AS n');
  expect(userRows(good)).toEqual([{ n: null }]);
  const bound = await bench.bind(pipelineOf(pipeline), 'SELECT 5::INTEGER AS n');
  expect(bound.columns).toMatchObject([{ name: 'n', type: 'integer' }]);
});

test('a tag follows rename and derive; what feeds a masked column is masked in quarantine', async () => {
  const part = {
    source: { columns: { Email: { type: 'string', tags: ['pii'] }, city: 'string', n: 'integer' } },
    transform: [
      { rename: { Email: 'mail' } },
      { derive: { domain: `split_part(mail, '@', 2)`, greeting: `'Hello ' || mail` } },
      { mask: { tag: 'pii', except: ['domain'], method: 'token', salt: SECRET } },
    ],
  };
  const { good, quarantine } = await run(
    part,
    `SELECT * FROM (VALUES ('ann@x.org', 'Rome', '1'), ('bob@y.org', 'Oslo', 'x')) t("Email", city, n)`,
  );
  const token = (text: string): string => createHmac('sha256', SALT).update(text).digest('base64url').slice(0, 22);
  expect(userRows(good)).toEqual([
    { mail: token('ann@x.org'), city: 'Rome', n: 1, domain: 'x.org', greeting: token('Hello ann@x.org') },
  ]);
  expect(userRows(quarantine)).toEqual([{ Email: token('bob@y.org'), city: 'Oslo', n: 'x' }]);
});

test('of several masks the quarantine takes the one that shows least, and of a broken line the length alone', async () => {
  const part = {
    transform: [
      { derive: { hint: 'v' } },
      { mask: { columns: ['hint'], method: 'partial', keepFirst: 3 } },
      { mask: { columns: ['v'], method: 'redact', with: '-' } },
    ],
    checks: [{ expression: { sql: 'false' } }],
  };
  const rejects = await bench.parquet(
    `SELECT 0 AS _sluice_file, 9::BIGINT AS _sluice_row, 'malformed-row' AS reason, 'sécret' AS raw`,
  );
  const { quarantine } = await run(part, `SELECT 'secret' AS v`, { rejects });
  expect(quarantine.map(({ v, _sluice_raw: raw }) => [v, raw])).toEqual([
    ['-', null],
    [null, '(masked: 6 characters)'],
  ]);
});

test('what is hidden of quarantined rows, and nothing else, stands in a file of its own', async () => {
  const part = {
    transform: [{ rename: { v: 'w' } }, { mask: { columns: ['w'], method: 'sha256', salt: SECRET } }],
    checks: [{ expression: { sql: `id <> 2` } }],
  };
  const originalsFile = bench.path('originals');
  const { quarantine } = await run(part, `SELECT 'plain ' || i AS v, i AS id FROM range(4) AS t(i)`, { originalsFile });
  expect(
    JSON.stringify(quarantine, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
  ).not.toContain('plain');
  expect(await bench.session.rows(`SELECT * FROM read_parquet('${originalsFile}')`)).toEqual([
    { _sluice_file: 0, _sluice_row: 3n, v: 'plain 2' },
  ]);
});

test('validation masks what it quarantines over all partitions', async () => {
  const pipeline = pipelineOf({
    transform: [{ mask: { columns: ['v'], method: 'partial', keepFirst: 1 } }],
    checks: [{ unique: { columns: ['id'], onFailure: 'quarantine' } }],
  });
  const { quarantine } = await bench.dataset(pipeline, [`SELECT 1 AS id, 'abc' AS v`, `SELECT 1 AS id, 'xyz' AS v`]);
  expect(userRows(quarantine)).toEqual([
    { id: 1, v: 'a**' },
    { id: 1, v: 'x**' },
  ]);
});

test('without its salt nothing is masked and nothing is written', async () => {
  const part = { transform: [{ mask: { columns: ['v'], method: 'sha256', salt: SECRET } }] };
  await expect(run(part, rowsOf(['a']), { salts: {} })).rejects.toMatchObject({ code: 'secret-not-found' });
});

test.each([
  [{ method: 'redact' }, 'mask-columns'],
  [{ method: 'redact', columns: ['v'], tag: 'pii' }, 'mask-columns'],
  [{ method: 'redact', columns: ['v'], except: ['v'] }, 'mask-columns'],
  [{ method: 'redact', columns: ['w'] }, 'unknown-column'],
  [{ method: 'redact', tag: 'pii' }, 'unknown-tag'],
])('refuses %j', async (mask, code) => {
  const bound = await bench.bind(pipelineOf({ transform: [{ mask }] }), rowsOf(['a']));
  expect(bound.problems).toMatchObject([{ code }]);
});

test('expressions cannot read the variables', async () => {
  const bound = await bench.bind(
    pipelineOf({ transform: [{ derive: { leak: `getvariable('sluice_salt_pii-salt')` } }] }),
    rowsOf(['a']),
  );
  expect(bound.problems).toMatchObject([{ code: 'function-not-allowed' }]);
});
