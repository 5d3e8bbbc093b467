import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeRelation } from '../../engine/describe-relation';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { LookupMissingError } from '../../errors/lookup-missing-error';
import { PipelineInvalidError } from '../../errors/pipeline-invalid-error';
import { SourceTypesChangedError } from '../../errors/source-types-changed-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { imbalance, NO_ROWS, type Counts } from '../../model/counts';
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
import { countStage, countRejects, type StageCounts } from './count-stage';
import { quarantineSql, reasonsSql } from './quarantine-sql';
import { hasAnyReason } from './reason-registry';
import { refuseDuplicateKeys } from './refuse-duplicate-keys';
import { stageRows } from './stage-rows';
import type { TransformFacts, TransformRequest } from './transform-partition-types';

/**
 * Transforms one partition: every step in the order written, then all row checks, in one look at the rows. Rows that pass go to the
 * good file, rows with a reason to quarantine go to the quarantine file with the values they came with.
 *
 * A deduplicate step cannot be decided inside a partition. Here the best row of each key goes on, and all rows that stood the step
 * are also written, with their keys, to the contenders file: also those that a later step took out, because they still beat
 * the same rows of other partitions. The validate step then decides over all contenders.
 *
 * Throws `PipelineInvalidError`, `LookupKeysNotUniqueError`, `LookupMissingError`, `SourceTypesChangedError`, `LedgerImbalanceError` and what the engine throws.
 */
export async function transformPartition(request: TransformRequest): Promise<TransformFacts> {
  const { session } = request;
  const references = await describeReferences(request);
  const bound = await bindOrThrow(request, references);
  await refuseDuplicateKeys(request.pipeline, references, session);
  const stage = join(session.scratchFolder, `stage-${randomUUID()}.parquet`);
  const columns = bound.columns ?? [];
  await stageRows({ request, bound, references, stage });
  const figures = await countStage(session, stage, bound);
  refuseStops(figures);
  const loaded = await writeGood(request, stage, columns, bound);
  const quarantinedRows = await writeQuarantine(request, stage, bound, figures);
  const contenderRows = await writeContenders(request, stage, bound);
  await rm(stage);
  const counts = await countPartition(request, figures, loaded, quarantinedRows);
  const rejects = await countRejects(session, request.rejects);
  return {
    counts,
    columns,
    checks: figures.checks,
    aggregates: await partialAggregates(request, columns),
    reasons: [...figures.reasons, ...rejects],
    quarantinedRows,
    contenderRows,
  };
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

/** Ends the partition for reasons that no row may have. */
function refuseStops({ perReason }: StageCounts): void {
  const found = perReason.find(({ reason, rows }) => reason.effect === 'stop' && rows > 0);
  if (!found) return;
  const { reason, rows } = found;
  throw reason.name.startsWith('cast(')
    ? new SourceTypesChangedError(reason.name, rows)
    : new LookupMissingError(reason.name, rows);
}

/** SQL condition of the rows that a reason sends to quarantine. */
function quarantined(bound: BoundPipeline): string {
  return hasAnyReason(bound.reasons.all.filter((reason) => reason.effect === 'quarantine'));
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
    `WHERE ${HIDDEN.out} = 0 AND NOT (${quarantined(bound)})`;
  return copyToParquet(request.session, query, request.goodFile);
}

async function writeQuarantine(
  request: TransformRequest,
  stage: string,
  bound: BoundPipeline,
  figures: StageCounts,
): Promise<number> {
  if (figures.quarantined === 0 && request.rejects === null) return 0;
  const reasons = bound.reasons.all.filter((reason) => reason.effect === 'quarantine');
  const bad =
    `SELECT ${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}, ${reasonsSql(reasons)} AS _sluice_reasons ` +
    `FROM read_parquet(${quoteLiteral(stage)}) WHERE ${quarantined(bound)}`;
  const query = quarantineSql(request.input, request.inputColumns, bad, request.rejects);
  return copyToParquet(request.session, query, request.quarantineFile);
}

async function writeContenders(request: TransformRequest, stage: string, bound: BoundPipeline): Promise<number> {
  const step = bound.links.find((link) => link.deduplicate !== null)?.deduplicate;
  if (!step) return 0;
  const good = `${HIDDEN.out} = 0 AND NOT (${quarantined(bound)})`;
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

async function countPartition(
  request: TransformRequest,
  figures: StageCounts,
  loaded: number,
  quarantinedRows: number,
): Promise<Counts> {
  const { session } = request;
  const raw = await parquetRows(session, request.input);
  const rejected = request.rejects === null ? 0 : await parquetRows(session, request.rejects);
  const counts: Counts = {
    ...NO_ROWS,
    read: raw + rejected,
    filtered: figures.filtered,
    deduplicated: figures.deduplicated,
    quarantined: quarantinedRows,
    loaded,
  };
  if (imbalance(counts) !== 0) {
    throw new LedgerImbalanceError(`The rows of the transform step do not balance: ${JSON.stringify(counts)}`);
  }
  return counts;
}
