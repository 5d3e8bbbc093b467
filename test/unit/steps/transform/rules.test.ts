import { bindPipeline } from '../../../../src/steps/transform/bind-pipeline';
import { pipelineOf, StepsBench, userRows } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const ROWS = `SELECT * FROM (VALUES (1, 'a'), (5, 'b'), (9, 'c'), (NULL, 'd')) t(n, code)`;
const LIST = [
  { name: 'small', when: 'n < 3', set: { size: `'S'` }, reason: 'less than three' },
  { name: 'odd', when: 'n % 2 = 1', set: { size: `'O'`, code: `code || '!'` } },
  { name: 'huge', priority: 10, when: 'n > 8', set: { size: `'H'` }, reason: 'over eight' },
];

async function problemsOf(rules: unknown, columns: 'known' | 'unknown' = 'known'): Promise<string[]> {
  const bound = await bindPipeline({
    pipeline: pipelineOf({ transform: [{ rules }] }),
    inputColumns: columns === 'known' ? await bench.columnsOf(ROWS) : null,
    references: {},
    session: bench.session,
  });
  return bound.problems.map(({ path, code }) => `${path}: ${code}`);
}

describe('rules', () => {
  it('apply the first that holds, by priority, and name why', async () => {
    const rules = { list: LIST, else: { size: `'?'` }, reasonColumn: 'why' };
    const { good, facts } = await bench.transform(pipelineOf({ transform: [{ rules }] }), ROWS);
    expect(userRows(good)).toEqual([
      { n: 1, code: 'a', size: 'S', why: 'less than three' },
      { n: 5, code: 'b!', size: 'O', why: 'odd' },
      { n: 9, code: 'c', size: 'H', why: 'over eight' },
      { n: null, code: 'd', size: '?', why: null },
    ]);
    expect(facts.rules).toEqual([
      { step: 0, name: 'small', reason: 'less than three', rows: 1 },
      { step: 0, name: 'odd', reason: null, rows: 1 },
      { step: 0, name: 'huge', reason: 'over eight', rows: 1 },
    ]);
  });

  it('apply all that hold, where the higher priority decides a column, and then the order', async () => {
    const rules = { match: 'all', list: LIST, else: { size: `'?'` }, reasonColumn: 'why' };
    const { good, facts } = await bench.transform(pipelineOf({ transform: [{ rules }] }), ROWS);
    expect(userRows(good)).toEqual([
      { n: 1, code: 'a!', size: 'S', why: 'less than three;odd' },
      { n: 5, code: 'b!', size: 'O', why: 'odd' },
      { n: 9, code: 'c!', size: 'H', why: 'over eight;odd' },
      { n: null, code: 'd', size: '?', why: null },
    ]);
    expect(facts.rules.map(({ name, rows }) => [name, rows])).toEqual([
      ['small', 1],
      ['odd', 3],
      ['huge', 1],
    ]);
  });

  it.each(['first', 'all'])('see the columns before the step, and keep what no rule names (%s)', async (match) => {
    const list = [
      { name: 'swap', when: 'a > 1', set: { a: 'b', b: 'a' } },
      {
        name: 'late',
        when: `run_started_at < TIMESTAMPTZ '2030-01-01 00:00:00+00'`,
        set: { started: 'run_started_at' },
      },
    ];
    const { good } = await bench.transform(
      pipelineOf({
        transform: [{ rules: { match, list } }, { derive: { year: 'year(started)' } }, { drop: ['started'] }],
      }),
      'SELECT * FROM (VALUES (1, 10), (2, 20)) t(a, b)',
    );
    expect(userRows(good)).toEqual([
      { a: 1, b: 10, year: 2026n },
      { a: 20, b: 2, year: match === 'all' ? 2026n : null },
    ]);
  });

  it('evaluate what a rule sets only for rows to which it applies', async () => {
    const list = [
      { name: 'number', when: `code SIMILAR TO '[0-9]+'`, set: { value: 'CAST(code AS INTEGER)' } },
      { name: 'other', when: 'true', set: { value: '-1' } },
    ];
    const { good } = await bench.transform(
      pipelineOf({ transform: [{ rules: { list } }] }),
      `SELECT * FROM (VALUES ('7'), ('seven')) t(code)`,
    );
    expect(userRows(good).map(({ value }) => value)).toEqual([7, -1]);
  });

  it('count only rows that still take part, in the segment in which they stand', async () => {
    const rule = { name: 'any', when: 'true', set: { seen: 'true' } };
    const config = pipelineOf({
      transform: [
        { filter: 'n IS NOT NULL' },
        { rules: { list: [rule] } },
        { cast: { code: 'integer' } },
        { rule: { when: 'code > 1', set: { n: 'code' }, name: 'big', reason: 'more than one' } },
        { sql: 'SELECT n FROM input UNION ALL SELECT n FROM input' },
        { rules: { list: [rule] } },
      ],
    });
    const { facts } = await bench.transform(
      config,
      `SELECT * FROM (VALUES (1, '1'), (2, 'x'), (3, '3'), (NULL, '4')) t(n, code)`,
    );
    expect(facts.counts).toMatchObject({ filtered: 1, quarantined: 1, generated: 2, loaded: 4 });
    expect(facts.rules).toEqual([
      { step: 1, name: 'any', reason: null, rows: 3 },
      { step: 3, name: 'big', reason: 'more than one', rows: 1 },
      { step: 5, name: 'any', reason: null, rows: 4 },
    ]);
  });

  it('are as many as one likes: their bits take more words', async () => {
    const list = Array.from({ length: 130 }, (_, index) => ({
      name: `r${index}`,
      when: `n = ${index}`,
      set: { hit: String(index) },
    }));
    const { facts, good } = await bench.transform(
      pipelineOf({ transform: [{ rules: { list } }] }),
      'SELECT range::INTEGER AS n FROM range(129)',
    );
    expect(facts.rules.map(({ rows }) => rows)).toEqual([...Array.from({ length: 129 }, () => 1), 0]);
    expect(userRows(good).every(({ n, hit }) => n === hit)).toBe(true);
  });

  it.each([
    [
      'a condition that is none',
      { list: [{ name: 'x', when: '1', set: { n: '2' } }] },
      ['transform[0].rules.list[0].when: expression-type'],
    ],
    [
      'values that change the type of a column',
      {
        list: [
          { name: 'x', when: 'true', set: { n: '1' } },
          { name: 'y', when: 'true', set: { n: `code || '1'` } },
        ],
        else: { code: '1.5' },
      },
      ['transform[0].rules.list[1].set.n: expression-type', 'transform[0].rules.else.code: expression-type'],
    ],
    [
      'texts that are no values of the column',
      { list: [{ name: 'x', when: 'n > 1', set: { n: `'two'` } }], else: { n: `'3'` } },
      ['transform[0].rules.list[0].set.n: constant-cast'],
    ],
    ['two of one name', { list: [LIST[0], LIST[0]] }, ['transform[0].rules.list[1].name: duplicate-rule']],
    [
      'a column of reasons that is there',
      { list: LIST, reasonColumn: 'CODE' },
      ['transform[0].rules.reasonColumn: duplicate-column'],
    ],
    [
      'a column of reasons that is set',
      { list: LIST, reasonColumn: 'size' },
      ['transform[0].rules.reasonColumn: duplicate-column'],
    ],
    [
      'hidden columns',
      { list: [{ name: 'x', when: '_sluice_rule = 1', set: { n: '2' } }] },
      ['transform[0].rules.list[0].when: expression-not-allowed'],
    ],
  ])('are refused with %s', async (_, rules, expected) => {
    expect(await problemsOf(rules)).toEqual(expected);
  });

  it('are checked as far as they can be without columns', async () => {
    const rules = {
      list: [
        { name: 'x', when: 'now() > a', set: { b: '(SELECT 1)' } },
        { name: 'x', when: 'true', set: {} },
      ],
    };
    expect(await problemsOf(rules, 'unknown')).toEqual([
      'transform[0].rules.list[0].when: function-not-allowed',
      'transform[0].rules.list[0].set.b: expression-not-allowed',
      'transform[0].rules.list[1].name: duplicate-rule',
    ]);
  });
});

describe('figures of lookups', () => {
  const airports = `SELECT * FROM (VALUES ('AAA', 'Alaska'), ('BBB', NULL)) t(iata, state)`;
  const flights = `SELECT * FROM (VALUES ('AAA', 'ZZZ'), ('BBB', 'AAA'), (NULL, 'AAA'), ('XXX', 'AAA')) t(origin, dest)`;
  const lookup = (column: string, missing: string): unknown => ({
    lookup: { from: 'airports', match: { [column]: 'iata' }, take: { [`${column}_state`]: 'state' }, missing },
  });

  it.each([
    ['keepNull', 4, 3],
    ['quarantine', 2, 1],
  ])('say for each what it found, among rows that still take part (%s)', async (missing, rows, matched) => {
    const config = pipelineOf({ transform: [lookup('origin', missing), lookup('dest', 'keepNull')] });
    const { facts } = await bench.transform(config, flights, { references: { airports } });
    expect(facts.lookups).toEqual([
      { step: 0, name: 'lookup(airports)', from: 'airports', rows: 4, matched: 2, missing: 2 },
      { step: 1, name: 'lookup(airports)', from: 'airports', rows, matched, missing: 1 },
    ]);
  });
});
