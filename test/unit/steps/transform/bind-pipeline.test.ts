import type { Column, ColumnType } from '../../../../src/model/column';
import { bindPipeline } from '../../../../src/steps/transform/bind-pipeline';
import { referencesOf } from '../../../../src/steps/transform/references-of';
import { pipelineOf, StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const column = (name: string, type: ColumnType = 'string'): Column => ({ name, type, nullable: true });
const COLUMNS = [
  column('date'),
  column('delay', 'integer'),
  column('origin'),
  column('Dest Code'),
  column('at', 'timestamp'),
];
const AIRPORTS = [column('iata'), column('state'), column('rank', 'integer')];

async function problemsOf(
  part: Parameters<typeof pipelineOf>[0],
  inputColumns: readonly Column[] | null = COLUMNS,
): Promise<string[]> {
  const bound = await bindPipeline({
    pipeline: pipelineOf(part),
    inputColumns,
    references: { airports: AIRPORTS, unknown: null },
    session: bench.session,
  });
  return bound.problems.map((problem) => `${problem.path}: ${problem.code}`);
}

const STEPS: [string, unknown, string[]][] = [
  ['an unknown column', { cast: { dellay: 'integer' } }, ['transform[0].cast.dellay: unknown-column']],
  ['a cast that cannot be', { cast: { at: 'integer' } }, ['transform[0].cast.at: cast-not-possible']],
  ['a bad format', { cast: { date: { type: 'date', formats: ['%Q'] } } }, ['transform[0].cast: step-not-possible']],
  [
    'a bad time zone',
    { cast: { date: { type: 'timestamptz', timeZone: 'Mars/Phobos' } } },
    ['transform[0].cast.date.timeZone: unknown-time-zone'],
  ],
  ['a clash of names', { rename: { origin: 'date' } }, ['transform[0].rename.origin: duplicate-column']],
  [
    'a select twice',
    { select: ['date', 'DATE', 'nope'] },
    ['transform[0].select[1]: duplicate-column', 'transform[0].select[2]: unknown-column'],
  ],
  ['dropping all', { drop: ['date', 'delay', 'origin', 'Dest Code', 'at'] }, ['transform[0].drop: no-columns']],
  [
    'two bad expressions',
    { derive: { a: 'delay +', b: 'nope', c: 'delay + 1' } },
    ['transform[0].derive.a: expression-syntax', 'transform[0].derive.b: unknown-column'],
  ],
  ['a derived column of the same step', { derive: { a: 'delay', b: 'a' } }, ['transform[0].derive.b: unknown-column']],
  ['a filter that is no condition', { filter: 'delay' }, ['transform[0].filter: expression-type']],
  [
    'types that do not fit',
    { filter: 'origin > delay + 1 OR date_trunc(delay, origin) IS NULL' },
    ['transform[0].filter: expression-type'],
  ],
  ['a cleansed number', { cleanse: { columns: ['delay'] } }, ['transform[0].cleanse.columns[0]: not-a-text']],
  [
    'a bad pattern',
    { cleanse: { replace: [{ pattern: '(?=x)', with: '' }] } },
    ['transform[0].cleanse.replace[0].pattern: invalid-pattern'],
  ],
  [
    'bad deduplication',
    { deduplicate: { keys: ['nope'], orderBy: ['gone desc'] } },
    ['transform[0].deduplicate.keys[0]: unknown-column', 'transform[0].deduplicate.orderBy[0]: unknown-column'],
  ],
  [
    'a lookup of unknown columns',
    { lookup: { from: 'airports', match: { orign: 'iata' }, take: { s: 'stat', origin: 'state' } } },
    [
      'transform[0].lookup.match.orign: unknown-column',
      'transform[0].lookup.take.s: unknown-column',
      'transform[0].lookup.take.origin: duplicate-column',
    ],
  ],
  [
    'a lookup by another type',
    { lookup: { from: 'airports', match: { origin: 'rank' }, take: { s: 'state' } } },
    ['transform[0].lookup.match.origin: types-differ'],
  ],
  [
    'a rule that changes a type',
    { rule: { when: 'delay > 1', set: { delay: `origin || 'x'` } } },
    ['transform[0].rule.set.delay: expression-type'],
  ],
  [
    'a rule that is no condition',
    { rule: { when: '1', set: { delay: 'now()' } } },
    ['transform[0].rule.when: expression-type', 'transform[0].rule.set.delay: function-not-allowed'],
  ],
];

describe('bindPipeline', () => {
  it.each(STEPS)('finds %s', async (_, step, expected) => {
    expect(await problemsOf({ transform: [step] })).toEqual(expected);
  });

  it.each([
    ['an unknown column', { notNull: ['date', 'nope'] }, ['checks[0].notNull[1]: unknown-column']],
    [
      'one of a named check',
      { notNull: { columns: ['nope'], name: 'x' } },
      ['checks[0].notNull.columns[0]: unknown-column'],
    ],
    ['a unique column', { unique: ['delay', 'nope'] }, ['checks[0].unique[1]: unknown-column']],
    ['no bounds', { range: { column: 'delay' } }, ['checks[0].range: no-bounds']],
    ['crossed bounds', { length: { column: 'date', min: 3, max: 2 } }, ['checks[0].length.min: no-bounds']],
    ['a bound of another type', { range: { column: 'at', min: 'x' } }, ['checks[0].range: types-differ']],
    ['a pattern on a number', { pattern: { column: 'delay', regex: 'x' } }, ['checks[0].pattern.column: types-differ']],
    ['a bad pattern', { pattern: { column: 'date', regex: '(' } }, ['checks[0].pattern.regex: invalid-pattern']],
    [
      'values of another type',
      { acceptedValues: { column: 'delay', values: ['x'] } },
      ['checks[0].acceptedValues: types-differ'],
    ],
    [
      'an unknown field',
      { relationships: { column: 'origin', to: 'airports', field: 'iat' } },
      ['checks[0].relationships.field: unknown-column'],
    ],
    [
      'a field of another type',
      { relationships: { column: 'origin', to: 'airports', field: 'rank' } },
      ['checks[0].relationships.column: types-differ'],
    ],
    ['a bad expression', { expression: { sql: 'delay' } }, ['checks[0].expression.sql: expression-type']],
  ])('finds in checks %s', async (_, check, expected) => {
    expect(await problemsOf({ checks: [check] })).toEqual(expected);
  });

  it('says where, what, and what to do', async () => {
    const bound = await bindPipeline({
      pipeline: pipelineOf({ transform: [{ filter: 'true' }, { derive: { late: 'dealy > 15' } }] }),
      inputColumns: COLUMNS,
      references: {},
      session: bench.session,
    });
    expect(bound).toMatchObject({ columns: null });
    expect(bound.problems).toEqual([
      {
        path: 'transform[1].derive.late',
        code: 'unknown-column',
        message: "There is no column 'dealy' here",
        value: 'dealy > 15',
        fix: "Did you mean 'delay'?",
      },
    ]);
  });

  it('gives the columns after every kind of step', async () => {
    const bound = await bindPipeline({
      pipeline: pipelineOf({
        source: { columns: { delay: 'bigint' } },
        transform: [
          { rename: 'snake_case' },
          { cast: { date: 'date' } },
          { derive: { late: 'delay > 15', route: `origin || '-' || dest_code` } },
          { lookup: { from: 'airports', match: { origin: 'iata' }, take: { home_state: 'state' } } },
          { drop: ['dest_code'] },
          { deduplicate: { keys: ['route'], orderBy: ['date desc'] } },
          { rule: { when: 'late', set: { grade: '1.5' }, else: { grade: '2' } } },
        ],
        checks: [{ notNull: ['route'] }],
      }),
      inputColumns: COLUMNS,
      references: { airports: AIRPORTS },
      session: bench.session,
    });
    expect(bound.problems).toEqual([]);
    expect(bound.columns?.map((one) => `${one.name}: ${one.type}`)).toEqual([
      'date: date',
      'delay: bigint',
      'origin: string',
      'at: timestamp',
      'late: boolean',
      'route: string',
      'home_state: string',
      'grade: decimal(11,1)',
    ]);
    expect(bound.sql).toHaveLength(9);
  });

  it('without columns finds what can be found without them', async () => {
    expect(
      await problemsOf(
        {
          transform: [{ derive: { a: 'whatever +', b: 'now()', c: 'fine(1)' } }, { filter: '(SELECT true)' }],
          checks: [{ range: { column: 'x' } }, { expression: { sql: 'random() < 1' } }],
        },
        null,
      ),
    ).toEqual([
      'transform[0].derive.a: expression-syntax',
      'transform[0].derive.b: function-not-allowed',
      'transform[0].derive.c: function-not-allowed',
      'transform[1].filter: expression-not-allowed',
      'checks[0].range: no-bounds',
      'checks[1].expression.sql: function-not-allowed',
    ]);
  });

  it('is content with a reference whose columns nobody knows yet', async () => {
    const lookup = { lookup: { from: 'unknown', match: { origin: 'x' }, take: { y: 'y' } } };
    expect(
      await problemsOf({
        transform: [lookup],
        checks: [{ relationships: { column: 'origin', to: 'unknown', field: 'x' } }],
      }),
    ).toEqual([]);
  });

  it('refuses names of the source that cannot be kept apart', async () => {
    expect(
      await problemsOf({ transform: [{ drop: ['a'] }] }, [column('a'), column('A'), column('_SLUICE_row')]),
    ).toEqual(['source: source-column-name', 'source: source-column-name']);
  });

  it('refuses a second deduplicate step', async () => {
    expect(await problemsOf({ transform: [{ deduplicate: {} }, { deduplicate: { keys: ['date'] } }] })).toEqual([
      'transform[1].deduplicate: deduplicate-twice',
    ]);
  });
});

it('referencesOf names each column of each referenced pipeline once', () => {
  const config = pipelineOf({
    transform: [
      { lookup: { from: 'airports', match: { a: 'iata' }, take: { b: 'state', c: 'city' } } },
      { lookup: { from: 'airports', match: { d: 'iata' }, take: { e: 'state' } } },
    ],
    checks: [
      { relationships: { column: 'x', to: 'carriers', field: 'code' } },
      { relationships: { column: 'a', to: 'airports', field: 'iata' } },
    ],
  });
  expect(referencesOf(config)).toEqual([
    { pipeline: 'airports', columns: ['city', 'iata', 'state'] },
    { pipeline: 'carriers', columns: ['code'] },
  ]);
});
