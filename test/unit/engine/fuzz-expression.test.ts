import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { checkExpression } from '../../../src/engine/check-expression';
import { createEngine } from '../../../src/engine/create-engine';
import type { EngineSession } from '../../../src/engine/engine-session';
import { EngineError } from '../../../src/errors/engine-error';
import type { Column, ColumnType } from '../../../src/model/column';
import { FUZZ_SEED, FUZZ_TIMES } from '../../fuzz/fuzz-options';

/** Pieces of expressions, good and hostile, put together at random. A failure shows the shortest text that fails. */
const RUNS = { seed: FUZZ_SEED, numRuns: 400 * FUZZ_TIMES };

const COLUMNS: readonly Column[] = (
  ['a:integer', 'text:string', 'day:date', 'doc:json', 'price:decimal(12,2)'] as const
)
  .map((one) => one.split(':'))
  .map(([name = '', type]) => ({ name, type: type as ColumnType, nullable: true }));
const ROWS = `SELECT * FROM (VALUES (1, 'x', DATE '2026-01-05', '{"a": 1}'::JSON, 1.5::DECIMAL(12,2)), (NULL, NULL, NULL, NULL, NULL))
  t(a, text, day, doc, price)`;

const ATOMS = [
  'a',
  'text',
  'day',
  'doc',
  'price',
  '1',
  "'x'",
  'NULL',
  '1.5',
  "'2026-01-05'",
  'TRUE',
  '$1',
  '?',
  '*',
  '#1',
  'rowid',
];
const SHAPES = [
  '(%) + (%)',
  '% AND %',
  '% || %',
  '%::INTEGER',
  'TRY_CAST(% AS DATE)',
  'CASE WHEN % THEN % END',
  'coalesce(%, %)',
  'trim(%)',
  'regexp_matches(%, %)',
  '% IN (%, %)',
  '% IN (SELECT %)',
  '(SELECT %)',
  '(SELECT max(%) FROM t)',
  'list_transform([%], lambda x: x)',
  '[x FOR x IN [%]]',
  'sum(%) OVER ()',
  'count(%)',
  'read_text(%)',
  "read_csv('/etc/passwd', %)",
  'getenv(%)',
  'getvariable(%)',
  'repeat(%, 1000000000)',
  'query(%)',
  '{a: %}.a',
  '%[1]',
  "%->>'$.a'",
  '% COLLATE nocase',
  'struct_pack(x := %)',
  'MAP {%: %}',
  'EXTRACT(year FROM %)',
];
const MARKS = [
  '--',
  '/*',
  '*/',
  ';',
  "'",
  '"',
  '$$',
  '(',
  ')',
  '\0',
  '\n',
  ") FROM t; COPY t TO 'out' --",
  ', ',
  ' AS x',
  '😀',
  '\\',
];

const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...ATOMS),
    fc.tuple(fc.constantFrom(...SHAPES), fc.array(tie('any'), { minLength: 3, maxLength: 3 })).map(([shape, parts]) => {
      const next = parts.values();
      return shape.replaceAll('%', () => next.next().value ?? 'a');
    }),
  ),
})).any;
const broken = fc
  .tuple(expression, fc.constantFrom(...MARKS), fc.nat({ max: 200 }))
  .map(([text, mark, at]) => text.slice(0, at % (text.length + 1)) + mark + text.slice(at % (text.length + 1)));
const texts = fc.oneof(
  { weight: 3, arbitrary: expression },
  { weight: 2, arbitrary: broken },
  fc.string({ maxLength: 40 }),
);

describe('expressions at random', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-fuzz-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const engineOf = () =>
    createEngine({ memoryLimitBytes: 2 ** 28, tempLimitBytes: 2 ** 26, threads: 1, slots: 1, tempFolder: folder });

  test('are refused with a message and a fix, or give one value for each row and touch nothing else', async () => {
    let accepted = 0;
    await engineOf().use(async (session) => {
      const before = await stateOf(session);
      await fc.assert(
        fc.asyncProperty(texts, async (text) => {
          const { problems, type } = await checkExpression(session, text, { columns: COLUMNS });
          for (const { code, message, fix } of problems) {
            expect(code).toMatch(/^(expression-|function-|invalid-|unknown-|constant-cast)/);
            expect([message.length > 0, fix.length > 0]).toEqual([true, true]);
          }
          expect(type === null).toBe(problems.length > 0);
          if (problems.length > 0) return;
          accepted += 1;
          expect(text).not.toMatch(/read_|getenv|getvariable|query|SELECT|OVER|count\(|repeat|\$1|\?|#1/);
          try {
            expect(await session.rows(`SELECT (${text}) AS value FROM (${ROWS})`)).toHaveLength(2);
          } catch (error) {
            // A value may be none of a type; nothing else may go wrong.
            expect(error).toBeInstanceOf(EngineError);
          }
        }),
        RUNS,
      );
      expect(await stateOf(session)).toEqual(before);
      expect((await readdir(process.cwd())).includes('out')).toBe(false);
    });
    // Neither is the corpus all refused, nor all accepted.
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 20);
    expect(accepted).toBeLessThan(RUNS.numRuns * 0.8);
  });
});

/** Tables, settings and macros of the session. */
async function stateOf(session: EngineSession): Promise<unknown> {
  return session.rows(`SELECT (SELECT count(*) FROM duckdb_tables()) AS tables, (SELECT count(*) FROM duckdb_views()) AS views,
    (SELECT count(*) FROM duckdb_databases()) AS databases, (SELECT md5(string_agg(name || coalesce(value, ''), ',' ORDER BY name))
    FROM duckdb_settings() WHERE name NOT LIKE '%memory%') AS settings`);
}
