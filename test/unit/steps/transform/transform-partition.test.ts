import { pipelineOf, reasonsByRow, StepsBench, userRows } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const BALANCED = { generated: 0, collapsed: 0 };

describe('transformPartition', () => {
  it('runs steps in the order written, counts every fate and keeps place and original values', async () => {
    const config = pipelineOf({
      transform: [
        { rename: { Amount: 'amount' } },
        { cleanse: { columns: ['amount'], nullTokens: ['N/A'] } },
        { cast: { amount: 'integer', id: 'integer' } },
        { filter: 'amount IS NULL OR amount >= 0' },
        { derive: { double: 'amount * 2', text: `'#' || id` } },
        { derive: { quadruple: 'double * 2' } },
      ],
      checks: [{ notNull: ['amount'] }, { range: { column: 'amount', max: 50 } }],
    });
    const { facts, good, quarantine } = await bench.transform(
      config,
      `SELECT * FROM (VALUES ('1', '10'), ('2', ' N/A '), ('3', '1.6'), ('4', '-5'), ('5', '99'), ('x', 'y')) t(id, "Amount")`,
      { file: 7 },
    );
    expect(good).toEqual([
      { id: 1, amount: 10, double: 20, text: '#1', quadruple: 40, _sluice_file: 7, _sluice_row: 1n },
    ]);
    expect(facts.counts).toEqual({ ...BALANCED, read: 6, filtered: 1, deduplicated: 0, quarantined: 4, loaded: 1 });
    expect(reasonsByRow(quarantine)).toEqual({
      '2': ['notNull(amount)'],
      '3': ['cast(amount as integer)'],
      '5': ['range(amount)'],
      '6': ['cast(amount as integer)', 'cast(id as integer)'],
    });
    expect(quarantine[0]).toEqual({
      _sluice_file: 7,
      _sluice_row: 2n,
      _sluice_reasons: '["notNull(amount)"]',
      _sluice_raw: null,
      id: '2',
      Amount: ' N/A ',
    });
    expect(facts.reasons).toEqual([
      { reason: 'cast(amount as integer)', rows: 2 },
      { reason: 'cast(id as integer)', rows: 1 },
      { reason: 'notNull(amount)', rows: 1 },
      { reason: 'range(amount)', rows: 1 },
    ]);
    expect(facts.checks).toEqual([
      { name: 'notNull(amount)', evaluated: 3, failures: 1 },
      { name: 'range(amount)', evaluated: 3, failures: 1 },
    ]);
    expect(facts.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
      'id integer',
      'amount integer',
      'double integer',
      'text string',
      'quadruple integer',
    ]);
  });

  it('spares rows that are out the expressions of later steps', async () => {
    const config = pipelineOf({ transform: [{ filter: `text ~ '\\d+'` }, { derive: { number: 'text::INTEGER' } }] });
    const { facts, good } = await bench.transform(config, `SELECT * FROM (VALUES ('1'), ('one'), ('2')) t(text)`);
    expect(userRows(good)).toEqual([
      { text: '1', number: 1 },
      { text: '2', number: 2 },
    ]);
    expect(facts.counts).toMatchObject({ filtered: 1, loaded: 2 });
  });

  it('spares them though several expressions share a part', async () => {
    const config = pipelineOf({
      transform: [
        { filter: `text ~ '\\d+'` },
        { derive: { x: 'text::INTEGER', y: 'text::INTEGER + 1' } },
        { rule: { when: 'text::INTEGER > 1', set: { x: 'text::INTEGER + 100' } } },
        { filter: 'text::INTEGER < 3' },
      ],
      checks: [{ expression: { sql: 'text::INTEGER = 1' } }, { expression: { sql: 'text::INTEGER < 2' } }],
    });
    const { facts, good } = await bench.transform(config, `SELECT * FROM (VALUES ('1'), ('one'), ('2')) t(text)`);
    expect(userRows(good)).toEqual([{ text: '1', x: 1, y: 2 }]);
    expect(facts.counts).toMatchObject({ filtered: 1, quarantined: 1, loaded: 1 });
  });

  it('quarantines the lines that could not be parsed, beside rows that fail', async () => {
    const config = pipelineOf({ checks: [{ notNull: ['a'] }] });
    const { facts, quarantine } = await bench.transform(config, `SELECT * FROM (VALUES ('x'), (NULL)) t(a)`, {
      rejects: `SELECT 0 AS _sluice_file, 9::BIGINT AS _sluice_row, 'malformed-row' AS reason, 'a,"b' AS raw`,
    });
    expect(facts.counts).toMatchObject({ read: 3, quarantined: 2, loaded: 1 });
    expect(facts.quarantinedRows).toBe(2);
    expect(facts.reasons).toEqual([
      { reason: 'notNull(a)', rows: 1 },
      { reason: 'malformed-row', rows: 1 },
    ]);
    expect(quarantine[1]).toEqual({
      _sluice_file: 0,
      _sluice_row: 9n,
      _sluice_reasons: '["malformed-row"]',
      _sluice_raw: 'a,"b',
      a: null,
    });
  });

  it('writes no quarantine where nothing is wrong, and takes an empty partition', async () => {
    const config = pipelineOf({ checks: [{ notNull: ['a'] }] });
    expect((await bench.transform(config, 'SELECT 1 AS a')).facts).toMatchObject({ quarantinedRows: 0, reasons: [] });
    const { facts, good } = await bench.transform(config, 'SELECT 1 AS a WHERE false');
    expect(facts.counts).toMatchObject({ read: 0, loaded: 0 });
    expect(good).toEqual([]);
  });

  it('casts declared columns before the first step, as source.schema.types says', async () => {
    const query = `SELECT * FROM (VALUES ('1'), ('x'), (NULL)) t(a)`;
    const declared = (types: string): ReturnType<typeof pipelineOf> =>
      pipelineOf({ source: { columns: { a: 'integer' }, schema: { types } }, transform: [{ derive: { b: 'a + 1' } }] });
    const quarantined = await bench.transform(declared('quarantineRow'), query);
    expect(userRows(quarantined.good)).toEqual([
      { a: 1, b: 2 },
      { a: null, b: null },
    ]);
    expect(quarantined.facts.reasons).toEqual([{ reason: 'cast(a as integer)', rows: 1 }]);
    const nulled = await bench.transform(declared('discardValue'), query);
    expect(userRows(nulled.good)).toEqual([
      { a: 1, b: 2 },
      { a: null, b: null },
      { a: null, b: null },
    ]);
    const filtered = await bench.transform(declared('discardRow'), query);
    expect(filtered.facts.counts).toMatchObject({ filtered: 1, quarantined: 0, loaded: 2 });
    await expect(bench.transform(declared('freeze'), query)).rejects.toMatchObject({
      code: 'source-types-changed',
      class: 'business',
    });
    expect((await bench.transform(declared('freeze'), `SELECT '1' AS a`)).facts.counts.loaded).toBe(1);
  });

  it('gives run_started_at to derive, filter, rule and expression checks', async () => {
    const config = pipelineOf({
      transform: [
        { derive: { moment: 'run_started_at', age: `date_diff('day', day, run_started_at::DATE)` } },
        { filter: 'day < run_started_at::DATE' },
        { rule: { when: 'run_started_at > moment - INTERVAL 1 DAY', set: { age: 'age + 1' } } },
      ],
      checks: [{ expression: { sql: 'moment = run_started_at' } }],
    });
    const { good, facts } = await bench.transform(
      config,
      `SELECT DATE '2026-01-01' AS day UNION ALL SELECT DATE '2026-03-01'`,
      {
        runStartedAt: '2026-01-02T23:30:00.000Z',
      },
    );
    expect(userRows(good)).toEqual([{ day: '2026-01-01', moment: '2026-01-02 23:30:00+00', age: 2n }]);
    expect(facts.counts).toMatchObject({ filtered: 1, quarantined: 0 });
  });

  it('lets a column of the source be called run_started_at', async () => {
    const config = pipelineOf({ transform: [{ derive: { b: 'run_started_at + 1' } }] });
    const { good } = await bench.transform(config, 'SELECT 41 AS run_started_at');
    expect(userRows(good)).toEqual([{ run_started_at: 41, b: 42 }]);
  });

  it('keeps more reasons apart than one word of bits holds', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `c${index}`);
    const config = pipelineOf({
      transform: [{ cast: Object.fromEntries(names.map((name) => [name, 'integer'])) }],
      checks: [{ notNull: names }],
    });
    const cells = (bad: number, filler: string): string =>
      names.map((_, index) => (index === bad ? filler : `'1'`)).join(', ');
    const rows = [
      cells(0, `'x'`),
      cells(61, `'x'`),
      cells(62, `'x'`),
      cells(149, `'x'`),
      cells(0, 'NULL'),
      cells(149, 'NULL'),
      cells(-1, ''),
    ];
    const { facts, quarantine } = await bench.transform(
      config,
      `SELECT * FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) t(${names.join(', ')})`,
    );
    expect(facts.counts).toMatchObject({ quarantined: 6, loaded: 1 });
    expect(reasonsByRow(quarantine)).toEqual({
      '1': ['cast(c0 as integer)'],
      '2': ['cast(c61 as integer)'],
      '3': ['cast(c62 as integer)'],
      '4': ['cast(c149 as integer)'],
      '5': ['notNull(c0)'],
      '6': ['notNull(c149)'],
    });
  });

  it('quarantines texts that no database could store', async () => {
    const { facts, quarantine } = await bench.transform(
      pipelineOf({}),
      `SELECT 'a' || chr(0) AS a UNION ALL SELECT 'b'`,
    );
    expect(facts.counts).toMatchObject({ quarantined: 1, loaded: 1 });
    expect(Object.values(reasonsByRow(quarantine))).toEqual([['nul-byte']]);
  });

  it('refuses at run time what validation would have refused', async () => {
    for (const derive of [`(SELECT content FROM read_text('/etc/passwd'))`, 'now()', 'nope']) {
      await expect(
        bench.transform(pipelineOf({ transform: [{ derive: { x: derive } }] }), 'SELECT 1 AS a'),
      ).rejects.toMatchObject({
        code: 'pipeline-invalid',
        class: 'persistent',
      });
    }
    const lookup = { lookup: { from: 'airports', match: { a: 'iata' }, take: { b: 'state' } } };
    await expect(bench.transform(pipelineOf({ transform: [lookup] }), `SELECT 'x' AS a`)).rejects.toMatchObject({
      code: 'pipeline-invalid',
    });
  });

  it('names the expression error that only data can show', async () => {
    const config = pipelineOf({ transform: [{ derive: { x: 'a::INTEGER' } }] });
    await expect(bench.transform(config, `SELECT 'secret' AS a`)).rejects.toMatchObject({
      code: 'engine-value-failed',
      class: 'business',
    });
  });
});

describe('values', () => {
  const EXTREMES = `SELECT * FROM (VALUES
    ((-2147483648)::INTEGER, (-9223372036854775807 - 1)::BIGINT, '-0.0'::DOUBLE, '-99999999999999999999999999999999999999'::DECIMAL(38,0),
     DATE '0001-01-01', TIME '00:00:00', TIMESTAMP '0001-01-01 00:00:00', TIMESTAMPTZ '0001-01-01 00:00:00+00',
     UUID '00000000-0000-0000-0000-000000000000', '[1, {"a": null}]'::JSON, ''::BLOB, '', false),
    (2147483647, 9223372036854775807, 'infinity'::DOUBLE, '99999999999999999999999999999999999999'::DECIMAL(38,0),
     DATE '9999-12-31', TIME '23:59:59.999999', TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMPTZ '9999-12-31 23:59:59.999999+00',
     UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff', '"😀"'::JSON, '\\x00\\xFF'::BLOB, '😀 ü' || chr(8203) || '"''\\', true),
    (NULL, NULL, 'nan'::DOUBLE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (0, 0, '1.7976931348623157e308'::DOUBLE, 0, DATE '2024-02-29', TIME '12:00:00', TIMESTAMP '2024-03-31 02:30:00',
     TIMESTAMPTZ '2024-10-27 02:30:00+02', UUID '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'null'::JSON, 'x'::BLOB, repeat('long ', 200000), true)
    ) t(i, big, d, dec, day, clock, moment, instant, id, doc, bytes, text, yes)`;

  it('of every type and every extreme come through unchanged, and so do their types', async () => {
    const { facts, files } = await bench.transform(pipelineOf({ transform: [{ filter: 'true' }] }), EXTREMES);
    const original = `SELECT *, row_number() OVER () AS _sluice_row FROM (${EXTREMES})`;
    const passed = `SELECT * EXCLUDE (_sluice_file) FROM read_parquet('${files.good.replaceAll("'", "''")}')`;
    expect(await bench.session.rows(`SELECT count(*) AS n FROM (${original} EXCEPT ALL ${passed})`)).toEqual([
      { n: 0n },
    ]);
    expect(facts.counts).toMatchObject({ read: 4, loaded: 4 });
    expect(facts.columns).toEqual(await bench.columnsOf(EXTREMES));
  });

  it('of types that Sluice does not have become those that hold them', async () => {
    const { good, facts } = await bench.transform(
      pipelineOf({}),
      `SELECT 200::UTINYINT AS tiny, 18446744073709551615::UBIGINT AS huge, 1.5::FLOAT AS f, [1, 2] AS list, {'a': 'x'} AS struct,
        'a'::ENUM('a', 'b') AS enum, TIMESTAMP_NS '2024-01-01 00:00:00.123456' AS nano, INTERVAL 1 DAY AS gap`,
    );
    expect(facts.columns.map((column) => column.type)).toEqual([
      'integer',
      'decimal(20,0)',
      'double',
      'json',
      'json',
      'string',
      'timestamp',
      'string',
    ]);
    expect(userRows(good)).toEqual([
      {
        tiny: 200,
        huge: '18446744073709551615',
        f: 1.5,
        list: '[1,2]',
        struct: '{"a":"x"}',
        enum: 'a',
        nano: '2024-01-01 00:00:00.123456',
        gap: '1 day',
      },
    ]);
  });

  it('do not depend on the order of the columns in the file', async () => {
    const config = pipelineOf({
      source: { columns: { a: 'integer', b: 'string' } },
      transform: [{ derive: { c: `a || b` } }],
    });
    for (const query of [`SELECT '1' AS a, 'x' AS b`, `SELECT 'x' AS b, '1' AS a`]) {
      expect(userRows((await bench.transform(config, query)).good)).toEqual([{ a: 1, b: 'x', c: '1x' }]);
    }
  });
});

describe('lookup', () => {
  const airports = `SELECT * FROM (VALUES ('AAA', 'Alaska'), ('BBB', NULL), (NULL, 'Nowhere'), (NULL, 'Nowhere')) t(iata, state)`;
  const flights = `SELECT * FROM (VALUES ('AAA'), ('BBB'), ('ZZZ'), (NULL)) t(origin)`;
  const withMissing = (missing: string): ReturnType<typeof pipelineOf> =>
    pipelineOf({
      transform: [{ lookup: { from: 'airports', match: { origin: 'iata' }, take: { home: 'state' }, missing } }],
    });

  it('keeps rows without a match as null', async () => {
    const { good } = await bench.transform(withMissing('keepNull'), flights, { references: { airports } });
    expect(userRows(good)).toEqual([
      { origin: 'AAA', home: 'Alaska' },
      { origin: 'BBB', home: null },
      { origin: 'ZZZ', home: null },
      { origin: null, home: null },
    ]);
  });

  it('quarantines them', async () => {
    const { facts, quarantine } = await bench.transform(withMissing('quarantine'), flights, {
      references: { airports },
    });
    expect(reasonsByRow(quarantine)).toEqual({ '3': ['lookup(airports)'], '4': ['lookup(airports)'] });
    expect(facts.counts).toMatchObject({ loaded: 2, quarantined: 2 });
  });

  it('fails with the number of them', async () => {
    const failing = bench.transform(withMissing('fail'), flights, { references: { airports } });
    await expect(failing).rejects.toMatchObject({ code: 'lookup-missing', class: 'business' });
    await expect(failing).rejects.toThrow('2 rows found nothing in lookup(airports)');
    const all = await bench.transform(withMissing('fail'), `SELECT 'AAA' AS origin`, { references: { airports } });
    expect(all.facts.counts.loaded).toBe(1);
  });

  it('refuses a reference whose keys are not unique', async () => {
    const doubled = `${airports} UNION ALL SELECT 'AAA', 'Again'`;
    const failing = bench.transform(withMissing('keepNull'), flights, { references: { airports: doubled } });
    await expect(failing).rejects.toMatchObject({ code: 'lookup-keys-not-unique', class: 'business' });
    await expect(failing).rejects.toThrow('1 keys occur there more than once');
  });
});

describe('rule', () => {
  it('sets, or sets otherwise, by the columns before the step, and keeps types', async () => {
    const config = pipelineOf({
      transform: [
        {
          rule: {
            when: 'a > 1',
            set: { a: 'b', b: 'a', note: `'swapped'` },
            else: { b: 'NULL' },
            reason: 'exchange',
          },
        },
      ],
    });
    const { good } = await bench.transform(config, 'SELECT * FROM (VALUES (1, 10), (2, 20), (NULL, 30)) t(a, b)');
    expect(userRows(good)).toEqual([
      { a: 1, b: null, note: null },
      { a: 20, b: 2, note: 'swapped' },
      { a: null, b: null, note: null },
    ]);
  });
});

describe('cleanse', () => {
  const cleanse = async (rule: Record<string, unknown>, text: string): Promise<unknown> => {
    const config = pipelineOf({ transform: [{ cleanse: rule }] });
    const { good } = await bench.transform(config, `SELECT 1 AS n, ${text} AS t`);
    return good[0]?.['t'];
  };
  it.each([
    [{}, `chr(160) || E' \\t a  b\\r\\n'`, 'a  b'],
    [{ trim: false }, `' a '`, ' a '],
    [{ collapseSpaces: true }, `E' a \\n\\t b '`, 'a b'],
    [{ case: 'upper' }, `'größe é'`, 'GRÖẞE É'],
    [{ case: 'lower' }, `'ÀB'`, 'àb'],
    [{ nullTokens: ['', 'NULL', `'`] }, `'   '`, null],
    [{ nullTokens: ['', 'NULL', `'`] }, `''''`, null],
    [{ nullTokens: ['NULL'] }, `'null'`, 'null'],
    [{ unicode: 'NFC' }, `'e' || chr(769)`, 'é'],
    [{ replace: [{ pattern: '[$,]', with: '' }] }, `' $1,234.50 '`, '1234.50'],
    [{ replace: [{ pattern: '(\\d+)-(\\d+)', with: '\\2/\\1' }] }, `'10-20'`, '20/10'],
    [{ columns: ['t'] }, 'NULL', null],
  ])('%j of %s', async (rule, text, expected) => {
    const cleansed = await cleanse(rule, `(${text})::VARCHAR`);
    expect(cleansed).toBe(expected);
  });
});

describe('hostile names and values', () => {
  const names = [
    'select',
    'a b',
    'quo"te',
    `apos'trophe`,
    'Größe 😀',
    'semi;colon--',
    'x'.repeat(63),
    'from',
    'l',
    'r',
    'step_0',
    '{}',
    'a.b',
  ];
  it('go through every step as they are', async () => {
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const config = pipelineOf({
      transform: [
        { cleanse: { collapseSpaces: true } },
        { cast: { [names[0] ?? '']: 'integer', 'a b': { type: 'double', onFailure: 'null' } } },
        { derive: { 'de"rived': `${quoted('quo"te')} || ${quoted(`apos'trophe`)}` } },
        { rule: { when: `${quoted('select')} > 0`, set: { 'quo"te': `'it''s "set"'` } } },
        { lookup: { from: 'other', match: { 'Größe 😀': 'k"ey' }, take: { "ta'ken": 'va lue' } } },
        { deduplicate: { keys: ['quo"te', 'semi;colon--'], orderBy: ['x'.repeat(63) + ' desc'] } },
        { rename: { 'a.b': 'c.d"e' } },
        { drop: ['l'] },
        { select: ['select', 'c.d"e', 'de"rived', "ta'ken", 'r', 'step_0', 'from', 'quo"te'] },
      ],
      checks: [
        { notNull: ['c.d"e'] },
        { unique: ['select', "ta'ken"] },
        { acceptedValues: { column: 'quo"te', values: [`it's "set"`, `'; DROP TABLE x; --`] } },
        { relationships: { column: "ta'ken", to: 'other', field: 'va lue' } },
        { expression: { sql: `${quoted('c.d"e')} <> '"; DROP'`, name: `na'me "quoted"` } },
      ],
    });
    const { facts, good } = await bench.transform(
      config,
      `SELECT ${names.map((name) => `'5' AS ${quoted(name)}`).join(', ')}`,
      { references: { other: `SELECT '5' AS "k""ey", 'found' AS "va lue"` } },
    );
    expect(facts.counts).toMatchObject({ read: 1, loaded: 1 });
    expect(userRows(good)).toEqual([
      {
        select: 5,
        'c.d"e': '5',
        'de"rived': '55',
        "ta'ken": 'found',
        r: '5',
        step_0: '5',
        from: '5',
        'quo"te': `it's "set"`,
      },
    ]);
  });
});
