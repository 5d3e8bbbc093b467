import { checkExpression } from '../../../src/engine/check-expression';
import type { Column, ColumnType } from '../../../src/model/column';
import { StepsBench } from '../steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const column = (name: string, type: ColumnType): Column => ({ name, type, nullable: true });
const COLUMNS = [
  column('a', 'integer'),
  column('b', 'integer'),
  column('text', 'string'),
  column('day', 'date'),
  column('price', 'decimal(5,2)'),
  column('run', 'timestamptz'),
];

async function problemsOf(text: string, columns: readonly Column[] | null = COLUMNS): Promise<string[]> {
  const { problems } = await checkExpression(bench.session, text, { columns });
  return problems.map(({ code, message }) => `${code}: ${message.replace(/ fails for every row.*/, '')}`);
}

it.each([
  [`CAST('abc' AS INTEGER)`, `CAST('abc' AS INTEGER)`],
  [`a + 'abc'::INTEGER`, `CAST('abc' AS INTEGER)`],
  [`coalesce(CAST('it''s' AS DATE), day)`, `CAST('it''s' AS DATE)`],
  [`'1234.5'::DECIMAL(5,2) > price`, `CAST('1234.5' AS DECIMAL(5,2))`],
  [`CASE WHEN 'maybe'::BOOLEAN THEN 1 END`, `CAST('maybe' AS BOOLEAN)`],
  [`day > DATE '2001-02-30'`, `CAST('2001-02-30' AS DATE)`],
  [`CAST('{"a":' AS JSON)->>'$.a' = text`, `CAST('{"a":' AS "JSON")`],
  [`len('x'::INTEGER[]) = 1`, `CAST('x' AS INTEGER[])`],
  [`TIMESTAMPTZ '2001-01-01 25:00:00+00' > run`, `CAST('2001-01-01 25:00:00+00' AS TIMESTAMP WITH TIME ZONE)`],
  [`NOT ('x'::INTEGER IN (a, b))`, `CAST('x' AS INTEGER)`],
  [`a > 'abc'`, `CAST('abc' AS INTEGER)`],
  [`'tomorrow' <= DAY`, `CAST('tomorrow' AS DATE)`],
  [`day BETWEEN '2001-01-01' AND '2001-13-01'`, `CAST('2001-13-01' AS DATE)`],
  [`a IN ('1', 'two')`, `CAST('two' AS INTEGER)`],
])('%s', async (text, failing) => {
  expect(await problemsOf(text)).toEqual([`constant-cast: ${failing}`]);
});

it.each([
  `CASE WHEN false THEN CAST('abc' AS INTEGER) ELSE 1 END`,
  `CASE WHEN a > 1 THEN 1 ELSE CAST('abc' AS INTEGER) END`,
  `CASE a WHEN 1 THEN CAST('abc' AS INTEGER) END`,
  `if(a > 1, 'abc'::INTEGER, 1)`,
  `coalesce(a, 'abc'::INTEGER)`,
  `a > 1 AND 'abc'::INTEGER > 1`,
  `TRY('abc'::INTEGER)`,
  `TRY_CAST('abc' AS INTEGER)`,
  `CAST('1' AS INTEGER) + '2.5'::DOUBLE`,
  `CAST(NULL AS DATE) < day`,
  `day > '2001-01-31' AND a IN ('1', '2') AND price = '1.5'`,
  `text > 'abc' AND text IN ('x')`,
  `text::INTEGER = 1`,
])('leaves %s alone', async (text) => {
  const fitting = await problemsOf(text);
  expect(fitting.filter((problem) => problem.startsWith('constant-cast'))).toEqual([]);
});

it('needs no columns for what is cast in so many words', async () => {
  expect(await problemsOf(`x > 'abc'::INTEGER`, null)).toEqual([`constant-cast: CAST('abc' AS INTEGER)`]);
  expect(await problemsOf(`x > 'abc'`, null)).toEqual([]);
});
