import { definitionHash } from '../../../src/config/definition-hash';
import { findCycles } from '../../../src/config/checks/find-cycles';
import { formatOfFile } from '../../../src/config/format-of-file';
import { withParameters } from '../../../src/config/parameters';
import { planLevels } from '../../../src/config/plan-levels';
import { pipeline as pipelineSchema, type PipelineConfig } from '../../../src/config/schema/pipeline';
import { isQuotedAt } from '../../../src/config/sql-quotes';
import { formatPath, parsePath, type YamlPath } from '../../../src/config/yaml/yaml-path';
import { UnknownPipelineError } from '../../../src/errors/unknown-pipeline-error';

function pipeline(more: object = {}): PipelineConfig {
  return pipelineSchema.parse({
    pipeline: 'p',
    source: { connection: 'landing', files: 'p/*.csv' },
    target: { connection: 'warehouse', table: 'p', writeDisposition: 'replace' },
    ...more,
  });
}

describe('paths', () => {
  test.each<[YamlPath, string]>([
    [['transform', 2, 'derive', 'delayed'], 'transform[2].derive.delayed'],
    [['a', 'Cost Total $'], 'a.Cost Total $'],
    [['a', 'b.c', 0], "a['b.c'][0]"],
    [["it's", '[x]'], "['it''s']['[x]']"],
    [[], ''],
  ])('%j is %s, and back', (path, text) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });
});

describe('cycles', () => {
  test.each<[Record<string, string[]>, string[][]]>([
    [{ a: ['b'], b: [] }, []],
    [{ a: ['a'] }, [['a', 'a']]],
    [{ a: ['b'], b: ['c'], c: ['b'] }, [['b', 'c', 'b']]],
    [{ a: ['gone'] }, []],
    [{ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ])('%j', (graph, cycles) => {
    expect(findCycles(graph)).toEqual(cycles);
  });

  test('a long chain does not overflow', () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]]));
    expect(findCycles(chain)).toEqual([]);
  });
});

describe('levels', () => {
  const pipelines = Object.fromEntries(
    Object.entries({ d: ['b', 'c'], b: ['a'], c: ['a'], a: [], z: [] }).map(([name, dependsOn]) => [
      name,
      pipeline({ pipeline: name, dependsOn }),
    ]),
  );

  test('all', () => {
    expect(planLevels({ pipelines }, 'all')).toEqual([['a', 'z'], ['b', 'c'], ['d']]);
  });
  test('a name runs alone', () => {
    expect(planLevels({ pipelines }, ['d'])).toEqual([['d']]);
  });
  test('names keep their order, also over what does not run', () => {
    expect(planLevels({ pipelines }, ['d', 'a'])).toEqual([['a'], ['d']]);
  });
  test('with dependencies', () => {
    expect(planLevels({ pipelines }, ['b'], { withDependencies: true })).toEqual([['a'], ['b']]);
  });
  test('an unknown name', () => {
    expect(() => planLevels({ pipelines }, ['dd'])).toThrow(UnknownPipelineError);
  });
});

describe('the hash of a definition', () => {
  const base = definitionHash(pipeline());
  test.each([
    ['a step', { transform: [{ drop: ['x'] }] }],
    ['a check', { checks: [{ notNull: ['x'] }] }],
    ['the files', { source: { connection: 'landing', files: 'q/*.csv' } }],
    ['the table', { target: { connection: 'warehouse', table: 'q', writeDisposition: 'replace' } }],
  ])('changes with %s', (_what, more) => {
    expect(definitionHash(pipeline(more))).not.toBe(base);
  });
  test.each([
    ['the description', { description: 'x' }],
    ['retries', { retry: { maxAttempts: 2 } }],
    ['partitions', { source: { connection: 'landing', files: 'p/*.csv', partitions: { min: 4 } } }],
    ['a default written out', { checks: [], quarantine: {} }],
  ])('does not change with %s', (_what, more) => {
    expect(definitionHash(pipeline(more))).toBe(base);
  });
  test('does not depend on the order of keys, but on that of columns', () => {
    const lookup = { from: 'a', match: { x: 'y' }, take: { z: 'z' } };
    const turned = { take: { z: 'z' }, match: { x: 'y' }, from: 'a' };
    const hash = (step: object): string => definitionHash(pipeline({ transform: [step] }));
    expect(hash({ lookup })).toBe(hash({ lookup: turned }));
    expect(hash({ derive: { a: '1', b: '2' } })).not.toBe(hash({ derive: { b: '2', a: '1' } }));
  });
});

test('formats by ending', () => {
  expect(formatOfFile('a/*.CSV.gz')).toMatchObject({ type: 'csv', delimiter: ',', compression: 'auto' });
  expect(formatOfFile('a.jsonl')).toMatchObject({ type: 'ndjson' });
  expect(formatOfFile('a.parquet')).toEqual({ type: 'parquet' });
  expect(formatOfFile('a.txt')).toBeUndefined();
});

describe('parameters in a definition', () => {
  const parameters = {
    since: { type: 'date' },
    label: { type: 'string' },
    share: { type: 'number' },
    deep: { type: 'boolean' },
  };
  const definition = pipeline({
    parameters,
    source: { connection: 'landing', files: 'p/${param:label}/*.csv' },
    transform: [
      { filter: 'day >= ${param:since}' },
      { derive: { x: '${param:label} || ${param:other}', y: '${param:share}' } },
      { rule: { when: '${param:deep}', set: { x: '${param:label}' }, reason: 'as ${param:label} says' } },
      {
        rules: {
          list: [{ name: 'x ${param:label}', when: '${param:deep}', set: { x: '${param:label}' } }],
          else: { x: '${param:share}' },
        },
      },
      { aggregate: { groupBy: ['day'], measures: { x: 'count_if(x = ${param:label})' } } },
      { sql: 'SELECT * FROM input WHERE day > ${param:since}' },
    ],
    checks: [{ expression: { sql: 'x <> ${param:label}', name: 'not ${param:label}' } }],
    verify: [{ sql: 'SELECT ${param:since} IS NOT NULL' }],
  });

  test('become literals in SQL, which they cannot break out of, and text elsewhere', () => {
    const resolved = withParameters(definition, { since: '2001-12-31', label: "o'x') --", share: 0.5, deep: true });
    expect(resolved.source.files).toBe("p/o'x') --/*.csv");
    expect(resolved.transform).toMatchObject([
      { filter: "day >= CAST('2001-12-31' AS DATE)" },
      { derive: { x: "CAST('o''x'') --' AS VARCHAR) || ${param:other}", y: "CAST('0.5' AS DOUBLE PRECISION)" } },
      {
        rule: {
          when: "CAST('true' AS BOOLEAN)",
          set: { x: "CAST('o''x'') --' AS VARCHAR)" },
          reason: "as o'x') -- says",
        },
      },
      {
        rules: {
          list: [{ name: "x o'x') --", when: "CAST('true' AS BOOLEAN)", set: { x: "CAST('o''x'') --' AS VARCHAR)" } }],
          else: { x: "CAST('0.5' AS DOUBLE PRECISION)" },
        },
      },
      { aggregate: { groupBy: ['day'], measures: { x: "count_if(x = CAST('o''x'') --' AS VARCHAR))" } } },
      { sql: "SELECT * FROM input WHERE day > CAST('2001-12-31' AS DATE)" },
    ]);
    expect(resolved.checks).toMatchObject([
      { expression: { sql: "x <> CAST('o''x'') --' AS VARCHAR)", name: "not o'x') --" } },
    ]);
    expect(resolved.verify).toEqual([{ sql: "SELECT CAST('2001-12-31' AS DATE) IS NOT NULL" }]);
  });

  test('that have no value are NULL of their type', () => {
    expect(withParameters(definition, {}).transform[0]).toEqual({ filter: 'day >= CAST(NULL AS DATE)' });
  });

  test('leave a pipeline without parameters as it is', () => {
    const plain = pipeline();
    expect(withParameters(plain, { since: 'x' })).toBe(plain);
  });
});

describe('quotes in SQL', () => {
  // The offset is that of the #.
  test.each([
    ['a = #', false],
    ["a = '#'", true],
    ["a = 'it''s' AND b = #", false],
    ["a = 'it''s #'", true],
    ['"#" = 1', true],
    ['"a""b" = #', false],
    ['a -- #', true],
    ['a -- b\nAND #', false],
    ['a /* # */', true],
    ['a /* b */ AND #', false],
    ['a /* b /* c */ # */', true],
    ["E'\\'' = #", false],
    ["E'\\' #'", true],
    ["date'\\' || '#'", true],
    ['$$ # $$', true],
    ['$x$ $$ # $x$', true],
    ['$x$ $$ $x$ = #', false],
    ["a = 'never closed #", true],
    ["'' = #", false],
    ['"a" = \'b\' AND #', false],
  ])('%s', (sql, quoted) => {
    expect(isQuotedAt(sql, sql.indexOf('#'))).toBe(quoted);
  });
});
