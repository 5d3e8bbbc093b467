import { pipelineOf, StepsBench, type TransformOptions } from '../support/steps-bench';
import type { CheckResult } from '../../../../src/model/check-result';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

/** The verdict of one check, on rows given as partitions. */
async function verdict(check: unknown, queries: readonly string[], options?: TransformOptions): Promise<CheckResult> {
  const { facts } = await bench.dataset(pipelineOf({ checks: [check] }), queries, options);
  const result = facts.checks[0];
  if (result === undefined) throw new Error('no verdict');
  expect(facts.verdict).toBe(result.status === 'failed' ? 'failed' : 'passed');
  if (result.status === 'failed') expect(facts.message).toContain(result.message);
  return result;
}
const values = (rows: string, columns = 'v'): string => `SELECT * FROM (VALUES ${rows}) t(${columns})`;

describe('each check, passing, warning and failing', () => {
  const numbers = values('(1::INTEGER), (2), (4), (NULL), (5)');
  const keys = values(`(1, 'a'), (1, 'a'), (1, 'b'), (NULL, 'a'), (NULL, 'a'), (2, 'ä'), (2, 'ä')`, 'id, word');
  it.each([
    ['rowCount', { max: 5 }, { max: 4 }, numbers, '5 rows to load, at most 4 wanted'],
    ['sum', { min: 12, max: 12 }, { column: 'v', max: 11 }, numbers, '12 is the sum, at most 11 wanted'],
    ['mean', { min: 3 }, { min: 3.5, max: 4 }, numbers, '3 is the mean, at least 3.5 and at most 4 wanted'],
    ['quantile', { q: 0.5, max: 3 }, { q: 0.5, max: 2.9 }, numbers, '3 is the 0.5 quantile, at most 2.9 wanted'],
    ['distinctCount', { min: 4 }, { min: 5 }, numbers, '4 different values, at least 5 wanted'],
    ['nullRate', { max: 1 }, { max: 0 }, numbers, '1 of 5 rows (20 %) are null, 0 allowed'],
    ['nullRate', { max: '20%' }, { max: '19.9%' }, numbers, '1 of 5 rows (20 %) are null, 19.9% allowed'],
    [
      'duplicates',
      { columns: ['id', 'word'], max: 2 },
      { columns: ['id', 'word'], max: '28%' },
      keys,
      '2 of 7 rows (28.6 %) repeat a key, 28% allowed',
    ],
    [
      'duplicates',
      { columns: ['id'], max: 3 },
      { columns: ['id'] },
      keys,
      '3 of 7 rows (42.9 %) repeat a key, 0 allowed',
    ],
    [
      'schema',
      { columns: { word: 'string', ID: 'integer' } },
      { columns: { id: 'bigint', name: 'string' } },
      keys,
      'id is integer and not bigint, name is missing, word (string) was not expected',
    ],
    [
      'schema',
      { columns: { id: 'integer' }, mode: 'atLeast' },
      { columns: { id: 'integer' } },
      keys,
      'word (string) was not expected',
    ],
  ])('%s %j', async (kind, good, bad, rows, text) => {
    const column = kind === 'rowCount' || kind === 'schema' || 'columns' in bad ? {} : { column: 'v' };
    const check = (body: object, more: object): unknown => ({ [kind]: { ...column, ...body, ...more } });
    expect(await verdict(check(good, {}), [rows])).toMatchObject({ kind, severity: 'fail', status: 'passed' });
    const failed = await verdict(check(bad, { name: 'mine' }), [rows]);
    expect(failed).toMatchObject({ name: 'mine', status: 'failed', message: `mine: ${text}.` });
    expect(failed.failures).toBeGreaterThan(0);
    const warned = await verdict(check(bad, { onFailure: 'warn' }), [rows]);
    expect(warned).toMatchObject({ severity: 'warn', status: 'warned', figures: failed.figures });
  });
});

describe('sums', () => {
  const amounts = values(`('12345678901234567890.12'::DECIMAL(28,2)), ('0.01'), (NULL)`);

  it('are exact beyond what a double holds, and compared with bounds of as many digits', async () => {
    const check = (min: string): unknown => ({ sum: { column: 'v', min } });
    expect(await verdict(check('12345678901234567890.13'), [amounts])).toMatchObject({
      status: 'passed',
      evaluated: 2,
      figures: { value: '12345678901234567890.13' },
    });
    expect(await verdict(check('12345678901234567890.14'), [amounts])).toMatchObject({ status: 'failed' });
    const halves = [values('(9223372036854775807)'), values('(9223372036854775807), (1)')];
    expect(await verdict({ sum: { column: 'v', max: 0 } }, halves)).toMatchObject({
      figures: { value: '18446744073709551615' },
    });
  });

  it('of doubles do not depend on how the rows are partitioned', async () => {
    const tenths = values(Array.from({ length: 10 }, () => '(0.1::DOUBLE)').join(', '));
    const one = { sum: { column: 'v', min: 1, max: 1 } };
    expect(await verdict(one, [tenths])).toMatchObject({ status: 'passed', figures: { value: '1' } });
    const split = [values('(0.1::DOUBLE), (0.1), (0.1)'), values(`${'(0.1::DOUBLE), '.repeat(6)}(0.1)`)];
    expect(await verdict(one, split)).toMatchObject({ status: 'passed', figures: { value: '1' } });
  });

  it('of decimals that fill the engine do not overflow', async () => {
    const large = values(`('${'9'.repeat(38)}'::DECIMAL(38,0)), ('${'9'.repeat(38)}')`);
    expect(await verdict({ sum: { column: 'v', min: 1e38 } }, [large])).toMatchObject({ status: 'passed' });
  });

  it.each([`'NaN'`, `'infinity'`])('with %s among the values are between no bounds', async (value) => {
    const rows = [values(`(1::DOUBLE), (${value}::DOUBLE)`)];
    expect(await verdict({ sum: { column: 'v', min: 0 } }, rows)).toMatchObject({ status: 'failed' });
    const result = await verdict({ mean: { column: 'v', min: 0, max: 10 } }, rows);
    expect(result).toMatchObject({ status: 'failed' });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

describe('a slice without values', () => {
  const none = values('(NULL::INTEGER)');
  const empty = `${values('(1)')} WHERE false`;

  it.each([[none], [empty]])(
    'has a sum of 0, no different values, no nulls too many and nothing to average: %s',
    async (rows) => {
      expect(await verdict({ sum: { column: 'v', min: 0, max: 0 } }, [rows])).toMatchObject({ status: 'passed' });
      expect(await verdict({ distinctCount: { column: 'v', min: 1 } }, [rows])).toMatchObject({ status: 'failed' });
      const message = expect.stringContaining('there are no values to judge');
      expect(await verdict({ mean: { column: 'v', min: 1 } }, [rows])).toMatchObject({ status: 'passed', message });
      expect(await verdict({ quantile: { column: 'v', q: 1, min: 1 } }, [rows])).toMatchObject({
        status: 'passed',
        message,
      });
    },
  );

  it('is not fresh', async () => {
    const rows = [`${values('(NULL::TIMESTAMP)')}`];
    expect(await verdict({ freshness: { column: 'v', maxAge: '1d' } }, rows)).toMatchObject({
      status: 'failed',
      message: 'freshness(v): no value up to the start of the run, at most 1d old is wanted.',
    });
  });
});

describe('freshness', () => {
  const fresh = (
    type: string,
    newest: string,
    maxAge: string,
    timeZone?: string,
    runStartedAt = '2026-07-01T12:00:00.000Z',
  ) =>
    verdict(
      { freshness: { column: 'v', maxAge, ...(timeZone !== undefined && { timeZone }) } },
      [values(`('2026-01-01'::${type}), (NULL)`), values(`('${newest}'::${type})`)],
      { runStartedAt },
    );

  it('compares the newest value with the start of the run, and says how old it was', async () => {
    expect(await fresh('TIMESTAMP', '2026-07-01 10:30:00', '90m')).toMatchObject({ status: 'passed' });
    expect(await fresh('TIMESTAMP', '2026-07-01 10:29:59', '90m')).toMatchObject({
      status: 'failed',
      message:
        'freshness(v): the newest value, 2026-07-01T10:29:59.000Z, was 1 h 30 min old when the run started, at most 90m wanted.',
    });
  });

  it('reads dates and timestamps in the zone given, in summer and in winter', async () => {
    // 12:00 in Berlin is 10:00 UTC in July and 11:00 UTC in January.
    expect((await fresh('TIMESTAMP', '2026-07-01 12:00', '1h', 'Europe/Berlin')).figures).toMatchObject({
      newest: '2026-07-01T10:00:00.000Z',
      value: 7_200_000,
    });
    const winter = await fresh('TIMESTAMP', '2026-01-02 12:00', '1h', 'Europe/Berlin', '2026-01-02T12:00:00.000Z');
    expect(winter.figures).toMatchObject({ newest: '2026-01-02T11:00:00.000Z', value: 3_600_000 });
    expect(winter.status).toBe('passed');
    const date = await fresh('DATE', '2026-07-01', '14h', 'Europe/Berlin');
    expect(date).toMatchObject({ status: 'passed', figures: { newest: '2026-06-30T22:00:00.000Z' } });
  });

  it('counts the hours of the day on which clocks change', async () => {
    // From midnight to 12:00 on 29 March 2026 are 11 hours in Berlin.
    const at = '2026-03-29T10:00:00.000Z';
    expect(await fresh('DATE', '2026-03-29', '11h', 'Europe/Berlin', at)).toMatchObject({ status: 'passed' });
    expect((await fresh('DATE', '2026-03-29', '11h', 'Europe/Berlin', at)).figures).toMatchObject({
      value: 39_600_000,
    });
  });

  it('lets a timestamptz carry its own zone', async () => {
    const result = await fresh('TIMESTAMPTZ', '2026-07-01 12:00:00+05:30', '10h', 'America/New_York');
    expect(result.figures).toMatchObject({ newest: '2026-07-01T06:30:00.000Z' });
  });

  it.each(['2999-01-01', 'infinity'])('does not let %s hide that nothing came', async (later) => {
    const rows = [values(`('2026-06-01'::TIMESTAMP), ('${later}')`)];
    const check = { freshness: { column: 'v', maxAge: '1d' } };
    const result = await verdict(check, rows, { runStartedAt: '2026-07-01T12:00:00.000Z' });
    expect(result).toMatchObject({ status: 'failed', figures: { newest: '2026-06-01T00:00:00.000Z', later: 1 } });
    expect(result.message).toContain('values after the start of the run, which do not count: 1');
  });
});

describe('how rows are partitioned', () => {
  const rows = Array.from(
    { length: 40 },
    (_, index) =>
      `(${index % 9}, ${index % 7 === 0 ? 'NULL' : `${index} / 3.0::DOUBLE`}, ${index}::DECIMAL(10,3) / 8, ` +
      `TIMESTAMP '2026-01-01' + INTERVAL ${index} HOUR, ${index % 5 === 0 ? 'NULL' : `'wört ${index % 6}'`})`,
  );
  const checks = [
    { rowCount: { min: 100, onFailure: 'warn' } },
    { sum: { column: 'amount', max: 1, onFailure: 'warn' } },
    { sum: { column: 'ratio', max: 1, onFailure: 'warn' } },
    { mean: { column: 'ratio', max: 1, onFailure: 'warn' } },
    { nullRate: { column: 'word', max: 1, onFailure: 'warn' } },
    { freshness: { column: 'noted', maxAge: '1m', onFailure: 'warn' } },
    { schema: { columns: { id: 'integer' }, onFailure: 'warn' } },
    { anomaly: { metric: 'mean', column: 'amount' } },
  ];
  const together = [
    { quantile: { column: 'ratio', q: 0.9, max: 1, onFailure: 'warn' } },
    { distinctCount: { column: 'word', max: 1, onFailure: 'warn' } },
    { duplicates: { columns: ['id', 'word'], onFailure: 'warn' } },
    { anomaly: { metric: 'distinctCount', column: 'word' } },
  ];
  const split = (sizes: readonly number[]): string[] => {
    let from = 0;
    // A partition in which a column has nulls alone still has its type.
    const typed = 'SELECT * REPLACE (ratio::DOUBLE AS ratio, word::VARCHAR AS word)';
    return sizes.map((size) =>
      values(rows.slice(from, (from += size)).join(', '), 'id, ratio, amount, noted, word').replace('SELECT *', typed),
    );
  };

  it.each([
    ['merged from partitions', checks],
    ['looked at together', [...checks, ...together]],
  ])('changes no verdict and no figure: %s', async (_how, list) => {
    const config = pipelineOf({ transform: [{ cast: { amount: 'decimal(12,3)' } }], checks: list });
    const whole = (await bench.dataset(config, split([40]))).facts;
    expect(whole.checks.filter(({ status }) => status === 'warned').length).toBeGreaterThanOrEqual(6);
    for (const sizes of [
      [8, 8, 8, 8, 8],
      [1, 38, 1],
      [17, 23],
    ]) {
      const { checks: found, metrics } = (await bench.dataset(config, split(sizes))).facts;
      expect(found).toEqual(whole.checks);
      expect(metrics).toEqual(whole.metrics);
    }
  });

  it('gives the same figures merged as looked at together', async () => {
    const merged = (await bench.dataset(pipelineOf({ checks }), split([20, 20]))).facts.checks;
    const scanned = (await bench.dataset(pipelineOf({ checks: [...checks, ...together] }), split([20, 20]))).facts
      .checks;
    expect(scanned.slice(0, merged.length)).toEqual(merged);
  });
});

describe('rows that leave', () => {
  it('in the transform or in the validation do not count', async () => {
    const config = pipelineOf({
      transform: [{ deduplicate: { keys: ['id'], orderBy: ['v desc'] } }],
      checks: [
        { range: { column: 'v', max: 100 } },
        { unique: { columns: ['v'], onFailure: 'quarantine' } },
        { sum: { column: 'v', min: 5, max: 5 } },
        { distinctCount: { column: 'id', max: 1 } },
        { nullRate: { column: 'v', max: 0 } },
      ],
    });
    // 1 wins over its older twin of the other partition, 2 and 3 share a value, 4 is out of range.
    const { facts } = await bench.dataset(config, [
      values('(1, 5), (2, 7), (4, 1000)', 'id, v'),
      values('(1, 4), (3, 7)', 'id, v'),
    ]);
    expect(facts.counts.loaded).toBe(1);
    expect(facts.checks.slice(2).map(({ status, figures }) => [status, figures?.['value']])).toEqual([
      ['passed', '5'],
      ['passed', 1],
      ['passed', 0],
    ]);
  });
});
