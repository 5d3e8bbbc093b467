import { rm } from 'node:fs/promises';
import { describeRelation } from '../../engine/describe-relation';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { PipelineInvalidError } from '../../errors/pipeline-invalid-error';
import type { QuarantineReason } from '../../model/check-result';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { imbalance, type Counts } from '../../model/counts';
import type { AggregateValues } from '../dataset/aggregate';
import { datasetAggregates } from '../dataset/dataset-aggregates';
import { readAggregates } from '../dataset/read-aggregates';
import { validationNeeds } from '../validate/validation-needs';
import type { BoundPipeline } from './bind-pipeline';
import { boundPipelineOf } from './bound-pipeline-cache';
import type { ReferenceRelation } from './compose-chain';
import { checkDefinitions } from './checks/check-definitions';
import { copyToParquet, parquetRows } from './copy-to-parquet';
import { HIDDEN } from './hidden-columns';
import { countRejects } from './count-stage';
import { setSalts } from './mask-salts';
import { needsContenders } from './needs-single-partition';
import { refuseDuplicateKeys } from './refuse-duplicate-keys';
import { isQuarantined } from './is-quarantined';
import { runSegments, type SegmentsRun } from './run-segments';
import type { TransformFacts, TransformRequest } from './transform-partition-types';

/**
 * Transforms one partition: every step in the order written, then all row checks, in one look at the rows where no step needs more. Rows that pass go to the
 * good file, rows with a reason to quarantine go to the quarantine file with the values they came with.
 *
 * Steps that make rows anew cut the chain: what leaves before one is set aside, the step sees the rows that still take part, and what
 * leaves after it is quarantined with the values that it gave.
 *
 * A deduplicate step cannot be decided inside a partition. Here the best row of each key goes on, and all rows that stood the step
 * are also written, with their keys, to the contenders file: also those that a later step took out, because they still beat
 * the same rows of other partitions. The validate step then decides over all contenders.
 *
 * Throws `PipelineInvalidError`, `LookupKeysNotUniqueError`, `LookupMissingError`, `SecretNotFoundError`, `SourceTypesChangedError`, `LedgerImbalanceError` and what the engine throws.
 */
export async function transformPartition(request: TransformRequest): Promise<TransformFacts> {
  const { session } = request;
  await setSalts(session, request.pipeline, request.salts ?? {});
  const references = await describeReferences(request);
  const bound = await bindOrThrow(request, references);
  await refuseDuplicateKeys(request.pipeline, references, session);
  const columns = bound.columns ?? [];
  const run = await runSegments(request, bound, references);
  const loaded = await writeGood(request, run.stage, columns, bound);
  const contenderRows = await writeContenders(request, run.stage, bound);
  await rm(run.stage);
  const counts = await countPartition(request, run, loaded);
  const rejects = await countRejects(session, request.rejects);
  const quarantineReasons = [...run.quarantineReasons, ...rejects];
  return {
    counts,
    columns,
    checks: run.checks,
    aggregates: await partialAggregates(request, columns),
    reasons: addReasons([...quarantineReasons, ...run.quarantineAfter.flatMap((after) => after.reasons)]),
    lookups: run.lookups,
    rules: run.rules,
    quarantinedRows: run.quarantinedRows,
    originals: run.originals,
    quarantineReasons,
    quarantineAfter: run.quarantineAfter,
    reshaped: run.reshaped,
    entry: run.entry,
    entryColumns: run.entryColumns,
    contenderRows,
  };
}

function addReasons(reasons: readonly QuarantineReason[]): QuarantineReason[] {
  const rows = new Map<string, number>();
  for (const { reason, rows: more } of reasons) rows.set(reason, (rows.get(reason) ?? 0) + more);
  return [...rows].map(([reason, count]) => ({ reason, rows: count }));
}

async function describeReferences(request: TransformRequest): Promise<ReferenceRelation[]> {
  const described: ReferenceRelation[] = [];
  for (const { pipeline, file } of request.references) {
    const columns = await describeRelation(request.session, `SELECT * FROM read_parquet(${quoteLiteral(file)})`);
    described.push({ pipeline, file, columns });
  }
  return described;
}

/** Checks the whole pipeline again, though it was checked before the run: nothing unchecked ever meets the engine. */
async function bindOrThrow(
  request: TransformRequest,
  references: readonly ReferenceRelation[],
): Promise<BoundPipeline> {
  const bound = await boundPipelineOf({
    pipeline: request.pipeline,
    inputColumns: request.inputColumns,
    references: Object.fromEntries(references.map((reference) => [reference.pipeline, reference.columns])),
    session: request.session,
    entry: request.entry ?? 0,
  });
  if (bound.problems.length > 0) throw new PipelineInvalidError(request.pipeline.pipeline, bound.problems);
  if (bound.columns === null || bound.checks.sql === null) {
    const message = 'A lookup or relationships check reads a pipeline whose published data was not given';
    throw new PipelineInvalidError(request.pipeline.pipeline, [
      { path: 'transform', message, fix: 'Run the pipelines that it depends on first.' },
    ]);
  }
  return bound;
}

async function writeGood(
  request: TransformRequest,
  stage: string,
  columns: readonly Column[],
  bound: BoundPipeline,
): Promise<number> {
  const names = [...columns.map((column) => quoteIdentifier(column.name)), SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row];
  const query =
    `SELECT ${names.join(', ')} FROM read_parquet(${quoteLiteral(stage)}) ` +
    `WHERE ${HIDDEN.out} = 0 AND NOT (${isQuarantined(bound)})`;
  return copyToParquet(request.session, query, request.goodFile);
}

async function writeContenders(request: TransformRequest, stage: string, bound: BoundPipeline): Promise<number> {
  const step = bound.links.find((link) => link.deduplicate !== null)?.deduplicate;
  if (!step || !needsContenders(request.pipeline)) return 0;
  const good = `${HIDDEN.out} = 0 AND NOT (${isQuarantined(bound)})`;
  const columns = [
    SYSTEM_COLUMNS.file,
    SYSTEM_COLUMNS.row,
    `${good} AS _sluice_good`,
    ...Array.from({ length: step.keys }, (_, index) => HIDDEN.key(index)),
    ...step.directions.map((_, index) => HIDDEN.order(index)),
  ];
  const query = `SELECT ${columns.join(', ')} FROM read_parquet(${quoteLiteral(stage)}) WHERE ${HIDDEN.contends}`;
  return copyToParquet(request.session, query, request.contendersFile);
}

/** Nothing where the validate step looks at the good rows anyway. */
async function partialAggregates(request: TransformRequest, columns: readonly Column[]): Promise<AggregateValues> {
  if (validationNeeds(request.pipeline).goodFiles) return {};
  const aggregates = datasetAggregates(checkDefinitions(request.pipeline), columns, request.runStartedAt);
  return readAggregates(request.session, aggregates, `read_parquet(${quoteLiteral(request.goodFile)})`);
}

async function countPartition(request: TransformRequest, run: SegmentsRun, loaded: number): Promise<Counts> {
  const { session } = request;
  const raw = await parquetRows(session, request.input);
  const rejected = request.rejects === null ? 0 : await parquetRows(session, request.rejects);
  const quarantined = run.quarantineAfter.reduce((sum, after) => sum + after.rows, run.quarantinedRows);
  const { generated, filtered, deduplicated, collapsed } = run;
  const counts: Counts = { read: raw + rejected, generated, filtered, deduplicated, collapsed, quarantined, loaded };
  if (imbalance(counts) !== 0) {
    throw new LedgerImbalanceError(`The rows of the transform step do not balance: ${JSON.stringify(counts)}`);
  }
  return counts;
}
