import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PipelineConfig, UnitTestConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SluiceError } from '../../errors/sluice-error';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column } from '../../model/column';
import { copyToParquet } from '../transform/copy-to-parquet';
import { findColumn } from '../transform/find-column';
import { saltNames } from '../transform/mask-salts';
import { QUARANTINE_COLUMNS } from '../transform/quarantine-sql';
import { referencesOf } from '../transform/references-of';
import { transformPartition } from '../transform/transform-partition';
import type { TransformFacts } from '../transform/transform-partition-types';
import { excludeRows } from '../validate/exclude-rows';
import { validateDataset } from '../validate/validate-dataset';
import { compareQuarantined, compareRows, type ActualRow } from './compare-rows';
import { asRead, exampleColumns, exampleRelation, typeOf } from './example-relation';
import type { ExampleRow, UnitTestDifference, UnitTestResult } from './unit-test-result';

/** The value of `run_started_at` in unit tests, so that they give the same every day. */
const RUN_STARTED_AT = '2026-01-01T00:00:00.000Z';

/** The salt of every mask step in unit tests, which read no secrets: their results are the same everywhere. */
export const UNIT_TEST_SALT = 'sluice-unit-test-salt';

/**
 * Runs the examples of a pipeline (its YAML's `unitTests`) through the real transform and validate steps: given rows in, then rows
 * that would be loaded and rows quarantined compared with what the example says. Verdicts on the whole slice, such as row counts
 * and thresholds, do not count here. The pipeline's parameters must be filled in. `files` are the reference files that it reads, as
 * Parquet, by `file:<path>`; an example may put rows of its own in the place of one.
 */
export async function runUnitTests(
  pipeline: PipelineConfig,
  session: EngineSession,
  files: ExampleFiles = {},
): Promise<UnitTestResult[]> {
  const results: UnitTestResult[] = [];
  for (const [index, test] of pipeline.unitTests.entries()) {
    const path = `unitTests[${index}]`;
    const named = { name: test.name ?? path, path };
    try {
      const differences = await runUnitTest(pipeline, test, session, files);
      results.push({ ...named, passed: differences.length === 0, differences, error: null });
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      results.push({ ...named, passed: false, differences: [], error: error.message });
    }
  }
  return results;
}

async function runUnitTest(
  pipeline: PipelineConfig,
  test: UnitTestConfig,
  session: EngineSession,
  files: ExampleFiles,
): Promise<UnitTestDifference[]> {
  const outcome = await runRows(pipeline, test, session, files);
  const loaded =
    test.expected === undefined ? [] : await compareRows(session, test.expected, outcome.loaded, outcome.columns);
  const quarantined = test.quarantined === undefined ? [] : compareQuarantined(test.quarantined, outcome.quarantined);
  return [...loaded, ...quarantined];
}

/** Reference files as Parquet, by `file:<path>`. */
export type ExampleFiles = Readonly<Record<string, { readonly file: string; readonly columns: readonly Column[] }>>;

interface Outcome {
  readonly columns: readonly Column[];
  readonly loaded: readonly ActualRow[];
  readonly quarantined: readonly { readonly values: ActualRow; readonly reasons: readonly string[] }[];
}

async function runRows(
  pipeline: PipelineConfig,
  test: UnitTestConfig,
  session: EngineSession,
  files: ExampleFiles,
): Promise<Outcome> {
  const file = (name: string): string => join(session.scratchFolder, `${name}-${randomUUID()}.parquet`);
  const salts = Object.fromEntries(saltNames(pipeline).map((name) => [name, UNIT_TEST_SALT]));
  const given = asRead(pipeline, test.given);
  const inputColumns = exampleColumns(pipeline, given);
  const [raw, good, contenders, reshaped] = [file('raw'), file('good'), file('contenders'), file('reshaped')];
  const quarantines = [file('quarantine'), file('quarantine')] as const;
  const place = `0::INTEGER AS ${SYSTEM_COLUMNS.file}, row_number() OVER () AS ${SYSTEM_COLUMNS.row}`;
  await copyToParquet(session, `SELECT *, ${place} FROM (${exampleRelation(given, inputColumns)})`, raw, 'lz4');
  const transformed = await transformPartition({
    pipeline,
    input: raw,
    rejects: null,
    inputColumns,
    references: await writeReferences(pipeline, test.references ?? {}, session, { file, files }),
    parameters: {},
    runStartedAt: RUN_STARTED_AT,
    session,
    salts,
    goodFile: good,
    quarantineFile: quarantines[0],
    contendersFile: contenders,
    reshapedFile: reshaped,
  });
  const exclusions = file('exclusions');
  const validated = await validateDataset({
    pipeline,
    session,
    salts,
    columns: transformed.columns,
    runStartedAt: RUN_STARTED_AT,
    history: { points: {}, timeZone: 'UTC', incomparable: 'an example has no runs before it' },
    exclusionsFile: exclusions,
    quarantineFile: quarantines[1],
    rawFile: () => Promise.resolve(transformed.reshaped ? reshaped : raw),
    partitions: [partitionOf(transformed, good, contenders)],
  });
  const kept = validated.excludedRows > 0 ? file('kept') : good;
  if (validated.excludedRows > 0) await excludeRows(session, good, exclusions, 0, kept);
  const quarantined = [
    ...(transformed.quarantinedRows > 0 ? [{ file: quarantines[0], columns: inputColumns, entry: 0 }] : []),
    ...transformed.quarantineAfter,
    ...(validated.quarantinedRows > 0
      ? [{ file: quarantines[1], columns: transformed.entryColumns, entry: transformed.entry }]
      : []),
  ];
  return {
    columns: transformed.columns,
    loaded: await readRows(session, [kept], transformed.columns),
    quarantined: await readQuarantined(session, quarantined),
  };
}

function partitionOf(
  facts: TransformFacts,
  goodFile: string,
  contenders: string,
): Parameters<typeof validateDataset>[0]['partitions'][number] {
  const { counts, checks, aggregates, reasons, contenderRows } = facts;
  return {
    partition: 0,
    goodFile,
    contendersFile: contenderRows > 0 ? contenders : null,
    counts,
    checks,
    aggregates,
    reasons,
  };
}

/** Every pipeline that lookups and checks read gets a file, be it without rows; a reference file that the example leaves alone is itself. */
async function writeReferences(
  pipeline: PipelineConfig,
  given: Readonly<Record<string, readonly ExampleRow[]>>,
  session: EngineSession,
  { file, files }: { readonly file: (name: string) => string; readonly files: ExampleFiles },
): Promise<{ readonly pipeline: string; readonly file: string }[]> {
  const written: { pipeline: string; file: string }[] = [];
  for (const { pipeline: name, columns } of referencesOf(pipeline)) {
    const real = files[name];
    if (real !== undefined && given[name] === undefined) {
      written.push({ pipeline: name, file: real.file });
      continue;
    }
    const rows = given[name] ?? [];
    const names = [...new Set([...columns, ...rows.flatMap((row) => Object.keys(row))])];
    const typed = names.map((column) => ({
      name: column,
      type: findColumn(real?.columns ?? [], column)?.type ?? typeOf(rows, column),
      nullable: true,
    }));
    const path = file('reference');
    await copyToParquet(session, exampleRelation(rows, typed), path, 'lz4');
    written.push({ pipeline: name, file: path });
  }
  return written;
}

async function readRows(
  session: EngineSession,
  files: readonly string[],
  columns: readonly Column[],
  extra: readonly string[] = [],
): Promise<ActualRow[]> {
  if (files.length === 0) return [];
  const texts = [...columns.map((column) => quoteIdentifier(column.name)), ...extra].map(
    (name) => `CAST(${name} AS VARCHAR) AS ${name}`,
  );
  return session.rows<Record<string, string | null>>(
    `SELECT ${texts.join(', ')} FROM read_parquet([${files.map(quoteLiteral).join(', ')}], union_by_name = true) ` +
      `ORDER BY ${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}`,
  );
}

/** Rows of one place come in its order; those that a step made come after those before it. */
async function readQuarantined(
  session: EngineSession,
  batches: readonly { readonly file: string; readonly columns: readonly Column[]; readonly entry: number }[],
): Promise<Outcome['quarantined']> {
  const found: Outcome['quarantined'][number][] = [];
  for (const entry of new Set(batches.map((batch) => batch.entry))) {
    const mine = batches.filter((batch) => batch.entry === entry);
    const files = mine.map(({ file }) => file);
    for (const row of await readRows(session, files, mine[0]?.columns ?? [], [QUARANTINE_COLUMNS.reasons])) {
      found.push({
        values: Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith(SYSTEM_PREFIX))),
        reasons: JSON.parse(row[QUARANTINE_COLUMNS.reasons] ?? '[]') as string[],
      });
    }
  }
  return found;
}
