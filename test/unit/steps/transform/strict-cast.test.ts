import { duckdbType } from '../../../../src/engine/duckdb-type';
import { quoteLiteral } from '../../../../src/engine/quote-literal';
import type { ColumnType } from '../../../../src/model/column';
import { castSpecOf, castSql, type CastSpec } from '../../../../src/steps/transform/strict-cast';
import { StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

type Entry = Partial<CastSpec> & { type: string };

/** What a value becomes, as text; null where the cast refuses it. */
async function cast(sql: string, from: ColumnType, entry: Entry | ColumnType): Promise<string | null> {
  const spec = castSpecOf(entry);
  // A column takes a shorter way than an expression does, to the same value.
  const ways = ['"v"', 'coalesce(v)'].map(
    (value) => `CAST(${castSql(value, from, spec)} AS ${duckdbType(spec.type)})::VARCHAR`,
  );
  const [row] = await bench.session.rows(
    `SELECT ${ways[0]} AS x, ${ways[1]} AS y FROM (SELECT CAST(${sql} AS ${duckdbType(from)}) AS v)`,
  );
  expect(row?.['x']).toEqual(row?.['y']);
  return (row?.['x'] ?? null) as string | null;
}
const castText = (text: string, entry: Entry | ColumnType): Promise<string | null> =>
  cast(quoteLiteral(text), 'string', entry);

const TEXTS: [string, Entry | ColumnType, string | null][] = [
  ['12', 'integer', '12'],
  [' -12 ', 'integer', '-12'],
  ['+7', 'integer', '7'],
  ['1.6', 'integer', null],
  ['1.0', 'integer', null],
  ['1e3', 'integer', null],
  ['0x1F', 'integer', null],
  ['1_000', 'integer', null],
  ['', 'integer', null],
  ['2147483648', 'integer', null],
  ['2147483648', 'bigint', '2147483648'],
  ['9223372036854775808', 'bigint', null],
  ['１２', 'integer', null],
  ['1.5', 'double', '1.5'],
  ['.5', 'double', '0.5'],
  ['-1E-3', 'double', '-0.001'],
  ['nan', 'double', null],
  ['inf', 'double', null],
  ['1,5', 'double', null],
  ['10.50', 'decimal(12,2)', '10.50'],
  ['10.505', 'decimal(12,2)', null],
  ['10.500', 'decimal(12,2)', '10.50'],
  ['10', 'decimal(12, 2)' as ColumnType, '10.00'],
  ['99999999999', 'decimal(12,2)', null],
  ['1.0', 'decimal(5,0)', '1'],
  ['1.5', 'decimal(5,0)', null],
  ['12345678901234567890123456789012345678', 'decimal(38,0)', '12345678901234567890123456789012345678'],
  ['true', 'boolean', 'true'],
  ['FALSE', 'boolean', 'false'],
  ['yes', 'boolean', null],
  ['1', 'boolean', null],
  ['2024-02-29', 'date', '2024-02-29'],
  ['2023-02-29', 'date', null],
  ['2024-2-9', 'date', null],
  ['infinity', 'date', null],
  ['12:30', 'time', '12:30:00'],
  ['12:30:59.123456', 'time', '12:30:59.123456'],
  ['25:00', 'time', null],
  ['2024-01-31T12:00:00', 'timestamp', '2024-01-31 12:00:00'],
  ['2024-01-31', 'timestamp', '2024-01-31 00:00:00'],
  ['2024-01-31T12:00:00Z', 'timestamp', null],
  ['2024-01-31 12:00:00.1234567', 'timestamp', null],
  ['infinity', 'timestamp', null],
  ['10000-01-01 00:00:00', 'timestamp', null],
  ['10000-01-01', 'date', null],
  ['0044-03-15 (BC)', 'date', null],
  ['2024-01-01 00:00:00', 'timestamp', '2024-01-01 00:00:00'],
  ['2024-01-31T12:00:00+02:00', 'timestamptz', '2024-01-31 10:00:00+00'],
  ['2024-01-31T12:00:00Z', 'timestamptz', '2024-01-31 12:00:00+00'],
  ['2024-01-31T12:00:00', 'timestamptz', null],
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ['6ba7b8109dad11d180b400c04fd430c8', 'uuid', null],
  ['{"a": [1]}', 'json', '{"a": [1]}'],
  ['{a}', 'json', null],
  ['é', 'binary', '\\xC3\\xA9'],
  // Marks
  ['1.234,50', { type: 'decimal(12,2)', decimalMark: ',', thousandsMark: '.' }, '1234.50'],
  ['1,234,567', { type: 'integer', thousandsMark: ',' }, '1234567'],
  ['1,23,4567', { type: 'integer', thousandsMark: ',' }, null],
  ['1,2', { type: 'integer', thousandsMark: ',' }, null],
  ['1234', { type: 'integer', thousandsMark: ',' }, '1234'],
  ["1'234.5", { type: 'double', thousandsMark: "'" }, '1234.5'],
  ['1 234', { type: 'integer', thousandsMark: ' ' }, '1234'],
  ['$ 1,234.50', { type: 'decimal(12,2)', thousandsMark: ',', strip: ['$'] }, '1234.50'],
  ['12 %', { type: 'integer', strip: ['%'] }, '12'],
  // Formats and zones
  ['31/12/2020', { type: 'date', formats: ['%d/%m/%Y'] }, '2020-12-31'],
  ['2020-12-31', { type: 'date', formats: ['%d/%m/%Y', '%Y-%m-%d'] }, '2020-12-31'],
  ['31/31/2020', { type: 'date', formats: ['%d/%m/%Y', '%m/%d/%Y'] }, null],
  ['1/8/90 0:00', { type: 'date', formats: ['%-m/%-d/%y %-H:%M'] }, '1990-01-08'],
  ['3:05 PM', { type: 'time', formats: ['%I:%M %p'] }, '15:05:00'],
  [
    '2020-06-01 12:00',
    { type: 'timestamptz', formats: ['%Y-%m-%d %H:%M'], timeZone: 'Europe/Berlin' },
    '2020-06-01 10:00:00+00',
  ],
  ['2020-01-01 12:00', { type: 'timestamptz', timeZone: 'Europe/Berlin' }, '2020-01-01 11:00:00+00'],
  ['2020-06-01 12:00', { type: 'timestamptz', timeZone: 'Europe/Berlin' }, '2020-06-01 10:00:00+00'],
  ['2020-06-01 12:00:00+05:00', { type: 'timestamptz', timeZone: 'Europe/Berlin' }, '2020-06-01 07:00:00+00'],
  ['2020-06-01', { type: 'timestamptz', timeZone: 'Europe/Berlin' }, '2020-05-31 22:00:00+00'],
  ['2020-10-25 02:30', { type: 'timestamptz', timeZone: 'Europe/Berlin' }, '2020-10-25 01:30:00+00'],
  ['2020-06-01 12:00 +0200', { type: 'timestamptz', formats: ['%Y-%m-%d %H:%M %z'] }, '2020-06-01 10:00:00+00'],
  ['2020-06-01 12:00 +0200', { type: 'timestamp', formats: ['%Y-%m-%d %H:%M %z'] }, '2020-06-01 10:00:00'],
  // Lenient
  ['1.6', { type: 'integer', strict: false }, '2'],
  ['yes', { type: 'boolean', strict: false }, 'true'],
  ['nonsense', { type: 'integer', strict: false }, null],
];

it.each(TEXTS)('%j as %j is %j', async (text, entry, expected) => {
  expect(await castText(text, entry)).toBe(expected);
});

const VALUES: [string, ColumnType, Entry | ColumnType, string | null][] = [
  ['1.6', 'double', 'integer', null],
  ['2.0', 'double', 'integer', '2'],
  ['1e300', 'double', 'integer', null],
  [`'nan'`, 'double', 'integer', null],
  ['1.6', 'double', { type: 'integer', strict: false }, '2'],
  ['0.1', 'double', 'decimal(12,2)', '0.10'],
  ['0.105', 'double', 'decimal(12,2)', null],
  ['10.50', 'decimal(12,2)', 'integer', null],
  ['10.00', 'decimal(12,2)', 'integer', '10'],
  ['2147483648', 'bigint', 'integer', null],
  ['9007199254740993', 'bigint', 'double', null],
  ['5', 'integer', 'bigint', '5'],
  ['1', 'integer', 'boolean', 'true'],
  ['2', 'integer', 'boolean', null],
  ['true', 'boolean', 'integer', '1'],
  ['12', 'integer', 'string', '12'],
  [`'2020-01-01 00:00:00'`, 'timestamp', 'date', '2020-01-01'],
  [`'2020-01-01 00:00:01'`, 'timestamp', 'date', null],
  [`'2020-01-01 00:00:01'`, 'timestamp', { type: 'date', strict: false }, '2020-01-01'],
  [`'2020-01-01'`, 'date', 'timestamp', '2020-01-01 00:00:00'],
  [
    `'2020-06-01 12:00:00'`,
    'timestamp',
    { type: 'timestamptz', timeZone: 'America/New_York' },
    '2020-06-01 16:00:00+00',
  ],
  [`'2020-06-01 12:00:00+00'`, 'timestamptz', { type: 'timestamp', timeZone: 'Asia/Tokyo' }, '2020-06-01 21:00:00'],
  [`'2020-06-01 23:00:00+00'`, 'timestamptz', { type: 'date', timeZone: 'Asia/Tokyo', strict: false }, '2020-06-02'],
];

it.each(VALUES)('%s (%s) as %j is %j', async (sql, from, entry, expected) => {
  expect(await cast(sql, from, entry)).toBe(expected);
});

it.each([
  ['date', 'integer'],
  ['uuid', 'integer'],
  ['time', 'date'],
  ['json', 'integer'],
  ['binary', 'json'],
  ['boolean', 'timestamp'],
] as [ColumnType, ColumnType][])('no %s is a %s', (from, to) => {
  expect(castSql('v', from, castSpecOf(to))).toBeNull();
});

it('nulls stay null in every cast', async () => {
  for (const type of ['integer', 'decimal(5,2)', 'timestamptz', 'json', 'binary', 'boolean'] as ColumnType[]) {
    expect(await cast('NULL', 'string', type)).toBeNull();
  }
});
