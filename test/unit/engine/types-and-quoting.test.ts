import { columnTypeOf } from '../../../src/engine/column-type-of';
import { createEngine } from '../../../src/engine/create-engine';
import { describeRelation } from '../../../src/engine/describe-relation';
import { duckdbType } from '../../../src/engine/duckdb-type';
import { parquetFacts } from '../../../src/engine/parquet-facts';
import { quoteIdentifier } from '../../../src/engine/quote-identifier';
import { quoteLiteral } from '../../../src/engine/quote-literal';
import type { ColumnType } from '../../../src/model/column';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tempFolder = mkdtempSync(join(tmpdir(), 'sluice-types-'));
const engine = createEngine({ memoryLimitBytes: 2 ** 28, tempLimitBytes: 2 ** 28, threads: 1, slots: 1, tempFolder });
afterAll(() => {
  rmSync(tempFolder, { recursive: true, force: true });
});

const TYPES: ColumnType[] = [
  'string',
  'boolean',
  'integer',
  'bigint',
  'double',
  'decimal(12,2)',
  'decimal(38,0)',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'json',
  'binary',
];
const HOSTILE = [
  'select',
  'a b',
  'quo"te',
  "apos'trophe",
  'Größe 😀',
  'semi;colon--',
  `${'x'.repeat(63)}`,
  '%s',
  '\\',
  '\n',
];

it('every logical type comes back through DuckDB as itself', async () => {
  await engine.use(async (session) => {
    for (const type of TYPES) {
      const columns = await describeRelation(session, `SELECT NULL::${duckdbType(type)} AS x`);
      expect(columns).toEqual([{ name: 'x', type, nullable: true }]);
    }
  });
});

it.each(['decimal(39,0)', 'decimal(5,6)', 'decimal(0,0)', 'varchar', 'decimal(5)'])('%s is no type', (type) => {
  expect(() => duckdbType(type as ColumnType)).toThrow(RangeError);
});

it.each([
  ['STRUCT(a INTEGER)', 'json'],
  ['INTEGER[]', 'json'],
  ['VARCHAR[3]', 'json'],
  ['MAP(VARCHAR, INTEGER)', 'json'],
  [`ENUM('a', 'b')`, 'string'],
  ['INTERVAL', 'string'],
  ['"NULL"', 'string'],
  ['HUGEINT', 'decimal(38,0)'],
  ['UBIGINT', 'decimal(20,0)'],
  ['FLOAT', 'double'],
  ['TIMESTAMP_NS', 'timestamp'],
])('DuckDB %s is %s', (duckdb, logical) => {
  expect(columnTypeOf(duckdb)).toBe(logical);
});

it('quoted identifiers and literals mean exactly their text', async () => {
  await engine.use(async (session) => {
    for (const text of HOSTILE) {
      expect(await session.rows(`SELECT ${quoteLiteral(text)} AS ${quoteIdentifier(text)}`)).toEqual([
        { [text]: text },
      ]);
    }
  });
  expect(() => quoteIdentifier('a\0b')).toThrow(RangeError);
  expect(() => quoteLiteral('a\0b')).toThrow(RangeError);
});

it('reads rows, row groups and columns from a Parquet footer', async () => {
  await engine.use(async (session) => {
    const file = join(session.scratchFolder, "it's.parquet");
    await session.run(
      `COPY (SELECT i::INTEGER AS "a b", i::VARCHAR AS s FROM range(5000) t(i)) TO ${quoteLiteral(file)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
    const facts = await parquetFacts(session, file);
    expect(facts.rows).toBe(5000);
    expect(facts.rowGroups.map((group) => [group.index, group.rows])).toEqual([
      [0, 2048],
      [1, 2048],
      [2, 904],
    ]);
    expect(facts.columns).toEqual([
      { name: 'a b', type: 'integer', nullable: true },
      { name: 's', type: 'string', nullable: true },
    ]);
  });
});
