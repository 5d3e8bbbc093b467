import type { MetricPoint } from '../../../../src/model/metric';
import { pipelineOf, StepsBench, type TransformOptions } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const rows = `SELECT * FROM (VALUES (1.0::DOUBLE, 'a'), (3.0, NULL), (NULL, 'ä')) t(v, word)`;
const points = (metric: string, values: readonly number[]): Record<string, MetricPoint[]> => ({
  [metric]: values.map((value, day) => ({
    runId: `run-${day}`,
    at: `2026-01-0${day + 1}T00:00:00.000Z`,
    metric,
    value,
    anomalous: false,
  })),
});
async function judge(anomaly: object, options: TransformOptions = {}) {
  const { facts } = await bench.dataset(pipelineOf({ checks: [{ anomaly }] }), [rows], options);
  return { ...facts, check: facts.checks[0] };
}

describe('the value of each metric', () => {
  it.each([
    [{ metric: 'rowCount' }, 'rowCount', 3],
    [{ metric: 'nullRate', column: 'v' }, 'nullRate(v)', 0.333333333333],
    [{ metric: 'mean', column: 'v' }, 'mean(v)', 2],
    [{ metric: 'distinctCount', column: 'word' }, 'distinctCount(word)', 2],
  ])('%j is learnt', async (anomaly, metric, value) => {
    const { check, verdict, metrics } = await judge({ ...anomaly, onFailure: 'fail' });
    expect(check).toMatchObject({
      name: `anomaly(${metric})`,
      kind: 'anomaly',
      status: 'learning',
      failures: 0,
      figures: { metric, value, points: 0, median: null },
    });
    expect(check?.message).toContain('learning: 0 of 7 published runs.');
    expect([verdict, metrics]).toEqual(['passed', [{ metric, value, anomalous: false }]]);
  });
});

describe('the verdict', () => {
  const history = { points: points('rowCount', [100, 102, 98, 101, 99, 103, 97]), timeZone: 'Europe/Berlin' };

  it('explains itself with the figures', async () => {
    const { check, verdict, message } = await judge({ metric: 'rowCount', onFailure: 'fail' }, { history });
    expect(check).toMatchObject({ status: 'failed', evaluated: 7, failures: 1 });
    expect(check?.figures).toMatchObject({ value: 3, median: 100, mad: 2, timeZone: 'Europe/Berlin', weekday: null });
    expect(check?.message).toBe(
      'anomaly(rowCount): rowCount is 3, unusually low: the median of 7 published runs is 100 ' +
        '(MAD 2, score -32.7133, 3.5 allowed); usual is 89.6219 to 110.378.',
    );
    expect(verdict).toBe('failed');
    expect(message).toContain('unusually low');
  });

  it('warns unless told to fail, and the value is kept as an anomaly', async () => {
    const { check, verdict, metrics } = await judge({ metric: 'rowCount' }, { history });
    expect([check?.status, verdict]).toEqual(['warned', 'passed']);
    expect(metrics).toEqual([{ metric: 'rowCount', value: 3, anomalous: true }]);
  });

  it('says what is allowed where the runs before do not differ', async () => {
    const same = { points: points('rowCount', [3, 3, 3, 3, 3, 3, 3]) };
    const { check } = await judge({ metric: 'rowCount', relativeFloor: '10%' }, { history: same });
    expect(check).toMatchObject({
      status: 'passed',
      message:
        'anomaly(rowCount): rowCount is 3, as usual: the median of 7 published runs is 3 ' +
        '(MAD 0, so 10% of the median is allowed); usual is 2.7 to 3.3.',
    });
  });

  it('is that of none for a run that is not comparable, or has no values', async () => {
    const skipped = await judge(
      { metric: 'rowCount', onFailure: 'fail' },
      { history: { ...history, incomparable: 'a backfill' } },
    );
    expect(skipped).toMatchObject({ verdict: 'passed', metrics: [], check: { status: 'skipped' } });
    expect(skipped.check?.message).toBe('anomaly(rowCount): a backfill.');
    const empty = pipelineOf({ checks: [{ anomaly: { metric: 'mean', column: 'v', onFailure: 'fail' } }] });
    const { facts } = await bench.dataset(empty, [`${rows} WHERE v IS NULL`]);
    expect(facts).toMatchObject({ verdict: 'passed', metrics: [], checks: [{ status: 'skipped' }] });
  });

  it('fails for a mean that is no finite number, and keeps it out of the history', async () => {
    const check = pipelineOf({ checks: [{ anomaly: { metric: 'mean', column: 'v', onFailure: 'fail' } }] });
    const { facts } = await bench.dataset(check, [`SELECT 'NaN'::DOUBLE AS v`]);
    expect(facts).toMatchObject({ verdict: 'failed', metrics: [], checks: [{ status: 'failed', failures: 1 }] });
  });

  it('of two checks on one metric leaves one value', async () => {
    const config = pipelineOf({
      checks: [
        { anomaly: { metric: 'rowCount', sensitivity: 0.5 } },
        { anomaly: { metric: 'rowCount', sensitivity: 100, onFailure: 'fail' } },
      ],
    });
    const { facts } = await bench.dataset(config, [rows], { history });
    expect(facts.checks.map(({ name, status }) => [name, status])).toEqual([
      ['anomaly(rowCount)', 'warned'],
      ['anomaly(rowCount)#2', 'passed'],
    ]);
    expect(facts.metrics).toEqual([{ metric: 'rowCount', value: 3, anomalous: true }]);
  });
});
