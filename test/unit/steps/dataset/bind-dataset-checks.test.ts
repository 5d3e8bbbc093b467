import { bindPipeline } from '../../../../src/steps/transform/bind-pipeline';
import type { Column } from '../../../../src/model/column';
import { pipelineOf, StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const columns: Column[] = (
  [
    ['id', 'integer'],
    ['word', 'string'],
    ['day', 'date'],
    ['amount', 'decimal(12,2)'],
  ] as const
).map(([name, type]) => ({ name, type, nullable: true }));

async function problems(check: unknown): Promise<string[]> {
  const pipeline = pipelineOf({ checks: [check] });
  const bound = await bindPipeline({ pipeline, inputColumns: columns, references: {}, session: bench.session });
  return bound.problems.map(({ path, code, message }) => `${path} ${code}: ${message}`);
}

it.each([
  [
    { sum: { column: 'amuont', min: 1 } },
    `checks[0].sum.column unknown-column: There is no column 'amuont' at this point`,
  ],
  [
    { mean: { column: 'word', min: 1 } },
    `checks[0].mean.column types-differ: 'word' is a string, and this check looks at numbers`,
  ],
  [
    { quantile: { column: 'day', q: 0.5, min: 1 } },
    `checks[0].quantile.column types-differ: 'day' is a date, and this check looks at numbers`,
  ],
  [
    { freshness: { column: 'id', maxAge: '1d' } },
    `checks[0].freshness.column types-differ: 'id' is a integer, and this check looks at dates and timestamps`,
  ],
  [
    { anomaly: { metric: 'mean', column: 'word' } },
    `checks[0].anomaly.column types-differ: 'word' is a string, and this check looks at numbers`,
  ],
  [
    { anomaly: { metric: 'nullRate', column: 'wrd' } },
    `checks[0].anomaly.column unknown-column: There is no column 'wrd' at this point`,
  ],
  [{ duplicates: { columns: ['id', 'ID'] } }, `checks[0].duplicates.columns[1] duplicate-column: 'ID' is named twice`],
  [
    { duplicates: { columns: ['nothing'] } },
    `checks[0].duplicates.columns[0] unknown-column: There is no column 'nothing' at this point`,
  ],
])('%j is refused', async (check, problem) => expect(await problems(check)).toEqual([problem]));

it.each([
  { sum: { column: 'amount', min: 1 } },
  { freshness: { column: 'DAY', maxAge: '1d' } },
  { distinctCount: { column: 'word', min: 1 } },
  { anomaly: { metric: 'mean', column: 'amount' } },
  { schema: { columns: { other: 'string' } } },
])('%j is taken', async (check) => expect(await problems(check)).toEqual([]));
