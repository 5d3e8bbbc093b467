import { excludeRows } from '../../../../src/steps/validate/exclude-rows';
import { pipelineOf, reasonsByRow, StepsBench, userRows, type Row } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const values = (rows: string): string => `SELECT * FROM (VALUES ${rows}) t(id, version, status)`;

async function loadedRows(result: Awaited<ReturnType<StepsBench['dataset']>>): Promise<Row[]> {
  if (result.exclusions.length === 0) return result.transformed.flatMap((one) => one.good);
  const list = result.exclusions.map(
    (row) => `(${row['partition']}, ${row['_sluice_file']}, ${row['_sluice_row']}::BIGINT)`,
  );
  const exclusions = await bench.parquet(
    `SELECT * FROM (VALUES ${list.join(', ')}) t(partition, _sluice_file, _sluice_row)`,
  );
  const loaded: Row[] = [];
  for (const [partition, one] of result.transformed.entries()) {
    const out = bench.path('staged');
    expect(await excludeRows(bench.session, one.files.good, exclusions, partition, out)).toBe(
      one.good.length - result.exclusions.filter((row) => row['partition'] === partition).length,
    );
    loaded.push(...(await bench.read(out)));
  }
  return loaded;
}

describe('deduplicate over partitions', () => {
  const config = pipelineOf({
    transform: [
      { deduplicate: { keys: ['id'], orderBy: ['version desc'] } },
      { filter: `status <> 'deleted'` },
      { drop: ['version'] },
    ],
  });
  const first = [`(1, 1, 'new')`, `(1, 3, 'paid')`, `(2, 1, 'new')`, `(NULL, 1, 'a')`];
  const second = [`(1, 2, 'sent')`, `(2, 5, 'deleted')`, `(3, 1, 'new')`, `(NULL, 2, 'b')`];

  it('keeps exactly one row of each key, the best by order, and never one that a deleted row superseded', async () => {
    const result = await bench.dataset(config, [values(first.join(', ')), values(second.join(', '))]);
    expect(userRows(await loadedRows(result))).toEqual([
      { id: 1, status: 'paid' },
      { id: 3, status: 'new' },
      { id: null, status: 'b' },
    ]);
    expect(result.facts).toMatchObject({
      verdict: 'passed',
      counts: { read: 8, filtered: 1, deduplicated: 4, quarantined: 0, loaded: 3 },
      excludedRows: 3,
      quarantinedRows: 0,
    });
  });

  it('loads the same rows however they are partitioned', async () => {
    const all = [...first, ...second];
    const expected = [`1 paid`, `3 new`, `null b`];
    for (const cuts of [[8], [1, 7], [3, 5], [2, 3, 3], [1, 1, 1, 1, 1, 1, 1, 1]]) {
      let from = 0;
      const parts = cuts.map((size) => values(all.slice(from, (from += size)).join(', ')));
      const result = await bench.dataset(config, parts);
      expect((await loadedRows(result)).map((row) => `${row['id']} ${row['status']}`).sort()).toEqual(expected);
      expect(result.facts.counts.loaded).toBe(3);
    }
  });

  it('lets file and row decide when nothing else does', async () => {
    const whole = pipelineOf({ transform: [{ deduplicate: {} }] });
    const result = await bench.dataset(whole, [
      values(`(1, 1, NULL), (2, 2, 'x')`),
      values(`(1, 1, NULL), (2, 2, 'y')`),
    ]);
    expect(result.exclusions).toMatchObject([{ partition: 1, _sluice_row: 1001n, fate: 'deduplicated' }]);
    expect(result.facts.counts).toMatchObject({ deduplicated: 1, loaded: 3 });
  });
});

describe('unique over partitions', () => {
  it('quarantines every row that shares a key, with its original values, and passes nulls over', async () => {
    const config = pipelineOf({
      transform: [{ derive: { key: `'k' || id` } }, { drop: ['status'] }],
      checks: [{ unique: ['key'] }],
    });
    const result = await bench.dataset(config, [
      values(`(1, 1, 'a'), (2, 1, 'b'), (NULL, 1, 'n')`),
      values(`(1, 2, 'c'), (3, 1, 'd'), (NULL, 1, 'n'), (3, 1, 'e')`),
    ]);
    expect(result.facts).toMatchObject({
      verdict: 'passed',
      counts: { read: 7, quarantined: 4, loaded: 3 },
      reasons: [{ reason: 'unique(key)', rows: 4 }],
      checks: [{ name: 'unique(key)', kind: 'unique', evaluated: 7, failures: 4, status: 'quarantined' }],
      quarantinedRows: 4,
    });
    expect(reasonsByRow(result.quarantine)).toEqual({
      '1': ['unique(key)'],
      '1001': ['unique(key)'],
      '1002': ['unique(key)'],
      '1004': ['unique(key)'],
    });
    expect(userRows(result.quarantine)[0]).toEqual({ id: 1, version: 1, status: 'a' });
    expect((await loadedRows(result)).map((row) => row['key'])).toEqual(['k2', null, null]);
  });

  it('counts a row once that two unique checks fail, under both reasons', async () => {
    const config = pipelineOf({
      checks: [{ unique: ['id'] }, { unique: { columns: ['version', 'status'], name: 'one per version' } }],
    });
    const result = await bench.dataset(config, [values(`(1, 1, 'a'), (1, 1, 'a'), (2, 1, 'a'), (3, 2, 'z')`)]);
    expect(result.facts.counts).toMatchObject({ quarantined: 3, loaded: 1 });
    expect(result.facts.reasons).toEqual([
      { reason: 'one per version', rows: 3 },
      { reason: 'unique(id)', rows: 2 },
    ]);
    expect(result.exclusions.map((row) => row['reason'])).toEqual([
      'one per version; unique(id)',
      'one per version; unique(id)',
      'one per version',
    ]);
  });

  it('looks at what the deduplication and the row checks left', async () => {
    const config = pipelineOf({
      transform: [{ deduplicate: { keys: ['id', 'version'] } }],
      checks: [{ unique: ['id'] }, { acceptedValues: { column: 'status', values: ['a'] } }],
    });
    const result = await bench.dataset(config, [
      values(`(1, 1, 'a'), (2, 1, 'a')`),
      values(`(1, 1, 'a'), (2, 2, 'x')`),
    ]);
    expect(result.facts.counts).toEqual({
      read: 4,
      generated: 0,
      filtered: 0,
      deduplicated: 1,
      collapsed: 0,
      quarantined: 1,
      loaded: 2,
    });
    expect(result.facts.checks[0]).toMatchObject({ failures: 0, evaluated: 2, status: 'passed' });
  });

  it.each([
    ['warn', 'passed', 'warned'],
    ['fail', 'failed', 'failed'],
  ])('with severity %s the verdict is %s and no row leaves', async (onFailure, verdict, status) => {
    const config = pipelineOf({ checks: [{ unique: { columns: ['id'], onFailure } }] });
    const result = await bench.dataset(config, [values(`(1, 1, 'a')`), values(`(1, 2, 'b'), (2, 1, 'c')`)]);
    expect(result.facts).toMatchObject({
      verdict,
      excludedRows: 0,
      counts: { loaded: 3 },
      checks: [{ status, failures: 2 }],
    });
  });
});

describe('thresholds', () => {
  const rows = values(
    Array.from({ length: 200 }, (_, index) => `(${index}, 1, ${index < 3 ? 'NULL' : `'a'`})`).join(', '),
  );

  it.each([
    [{ onFailure: 'quarantine' }, 'passed', 'quarantined', 3],
    [{ onFailure: 'quarantine', maxFailures: 3 }, 'passed', 'quarantined', 3],
    [{ onFailure: 'quarantine', maxFailures: 2 }, 'failed', 'failed', 3],
    [{ onFailure: 'quarantine', maxFailures: '1.5%' }, 'passed', 'quarantined', 3],
    [{ onFailure: 'quarantine', maxFailures: '1.49%' }, 'failed', 'failed', 3],
    [{ onFailure: 'warn' }, 'passed', 'warned', 0],
    [{ onFailure: 'warn', maxFailures: 2 }, 'failed', 'failed', 0],
    [{ onFailure: 'fail' }, 'failed', 'failed', 0],
    [{ onFailure: 'fail', maxFailures: '2%' }, 'passed', 'warned', 0],
  ])('%j gives %s', async (severity, verdict, status, quarantined) => {
    const config = pipelineOf({ checks: [{ notNull: { columns: ['status'], ...severity } }] });
    const { facts } = await bench.dataset(config, [rows]);
    expect(facts).toMatchObject({
      verdict,
      checks: [{ status, failures: 3, evaluated: 200 }],
      counts: { quarantined },
    });
    if (verdict === 'failed') expect(facts.message).toContain('notNull(status): 3 of 200 rows fail (1.5 %)');
  });

  it('adds a check up over partitions', async () => {
    const config = pipelineOf({ checks: [{ notNull: { columns: ['status'], maxFailures: 5 } }] });
    const { facts } = await bench.dataset(config, [rows, rows]);
    expect(facts).toMatchObject({ verdict: 'failed', checks: [{ failures: 6, evaluated: 400 }] });
  });

  it.each([
    [{ min: 200 }, 'passed'],
    [{ min: 201 }, 'failed'],
    [{ max: 199 }, 'failed'],
    [{ min: 201, onFailure: 'warn' }, 'passed'],
  ])('rowCount %j gives %s', async (bounds, verdict) => {
    const { facts } = await bench.dataset(pipelineOf({ checks: [{ rowCount: bounds }] }), [rows]);
    expect(facts.verdict).toBe(verdict);
    expect(facts.checks[0]?.message).toContain('200 rows to load');
  });

  it('fails when too large a share of what was read is quarantined', async () => {
    const checks = [{ notNull: ['status'] }];
    const strict = await bench.dataset(pipelineOf({ checks, quarantine: { maxShare: '1%' } }), [rows]);
    expect(strict.facts).toMatchObject({ verdict: 'failed' });
    expect(strict.facts.message).toContain(
      '3 of 200 rows (1.5 %) were quarantined, 1% allowed; most by notNull(status) 3',
    );
    const lax = await bench.dataset(pipelineOf({ checks, quarantine: { maxShare: 3 } }), [rows]);
    expect(lax.facts.verdict).toBe('passed');
  });

  it('passes an empty slice', async () => {
    const { facts } = await bench.dataset(pipelineOf({ checks: [{ unique: ['id'] }] }), [`${rows} WHERE id < 0`]);
    expect(facts).toMatchObject({ verdict: 'passed', counts: { read: 0, loaded: 0 }, checks: [{ status: 'passed' }] });
  });
});

it('excludeRows refuses exclusions of rows that are not there', async () => {
  const good = await bench.parquet('SELECT 1 AS id, 0 AS _sluice_file, 1::BIGINT AS _sluice_row');
  const exclusions = await bench.parquet('SELECT 0 AS partition, 0 AS _sluice_file, 7::BIGINT AS _sluice_row');
  await expect(excludeRows(bench.session, good, exclusions, 0, bench.path('out'))).rejects.toMatchObject({
    code: 'ledger-imbalance',
  });
});
