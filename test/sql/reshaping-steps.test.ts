import { imbalance } from '../../src/model/counts';
import { pipelineOf, reasonsByRow, StepsBench, userRows } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const VALUES = `SELECT * FROM (VALUES
  ('a', 1::BIGINT, 1.10::DECIMAL(10,2), TIMESTAMPTZ '2026-03-29 00:59:59+00'),
  ('a', NULL,      2.20,               TIMESTAMPTZ '2026-03-29 01:00:00+00'),
  ('😀', 9223372036854775807, -3.30,     NULL),
  ('😀', 9223372036854775807, NULL,      TIMESTAMPTZ '9999-12-31 23:59:59+00'),
  (NULL, -9223372036854775808, 0.00,    TIMESTAMPTZ '2026-10-25 01:00:00+00'),
  (NULL, 5, 1.00,                       TIMESTAMPTZ '2026-10-25 00:30:00+00')) t(k, n, amount, at)`;

describe('aggregate', () => {
  it('folds the rows of each group into one; nulls are one group, sums are exact', async () => {
    const pipeline = pipelineOf({
      transform: [
        {
          aggregate: {
            groupBy: ['k'],
            measures: {
              rows: 'count(*)',
              n: 'sum(n)',
              amount: 'round(avg(amount), 3)',
              first_at: 'min(at)',
              last_hour: `strftime(timezone('Europe/Berlin', max(at)), '%H:%M')`,
              all_n: `string_agg(n::VARCHAR, ',' ORDER BY at, n::VARCHAR)`,
              age: `date_diff('day', min(at), max(run_started_at))`,
            },
          },
        },
      ],
    });
    const { facts, good } = await bench.transform(pipeline, VALUES);
    expect(good).toEqual([
      {
        k: 'a', rows: 2n, n: '1', amount: 1.65, first_at: '2026-03-29 00:59:59+00', last_hour: '03:00', all_n: '1',
        age: -86n, _sluice_file: -1, _sluice_row: 1n,
      },
      {
        k: '😀', rows: 2n, n: '18446744073709551614', amount: -3.3, first_at: '9999-12-31 23:59:59+00', last_hour: '00:59',
        all_n: '9223372036854775807,9223372036854775807', age: expect.any(BigInt) as bigint,
        _sluice_file: -1, _sluice_row: 2n,
      },
      {
        k: null, rows: 2n, n: '-9223372036854775803', amount: 0.5, first_at: '2026-10-25 00:30:00+00', last_hour: '02:00',
        all_n: '5,-9223372036854775808', age: expect.any(BigInt) as bigint, _sluice_file: -1, _sluice_row: 3n,
      },
    ]);
    expect(facts.counts).toMatchObject({ read: 6, collapsed: 3, generated: 0, loaded: 3 });
    expect(imbalance(facts.counts)).toBe(0);
  });
});
