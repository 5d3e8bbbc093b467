import { quoteLiteral } from '../../engine/quote-literal';
import { LookupMissingError } from '../../errors/lookup-missing-error';
import { SourceTypesChangedError } from '../../errors/source-types-changed-error';
import { UnnestTooLongError } from '../../errors/unnest-too-long-error';
import { SYSTEM_COLUMNS } from '../../model/column';
import type { BoundPipeline } from './bind-pipeline';
import { inputSql, type ReferenceRelation } from './compose-chain';
import { copyToParquet } from './copy-to-parquet';
import { countStage, type StageCounts } from './count-stage';
import { masksOf } from './mask-salts';
import { maskedInputs, maskedNames } from './masked-inputs';
import { needsContenders } from './needs-single-partition';
import { originalsSql, quarantineSql, reasonsSql } from './quarantine-sql';
import { isQuarantined } from './is-quarantined';
import type { Segment } from './segments';
import { stageRows } from './stage-rows';
import type { TransformRequest } from './transform-partition-types';

export interface RunSegmentRequest {
  readonly transform: TransformRequest;
  readonly bound: BoundPipeline;
  readonly references: readonly ReferenceRelation[];
  readonly segment: Segment;
  /** Parquet file of the rows that go in. */
  readonly input: string;
  /** Whether the rows that go in say which of them are waived; a reshaping step makes rows that nobody approved. */
  readonly hasWaivers: boolean;
  /** Rows that could not be parsed, for the first segment. */
  readonly rejects: string | null;
  /** Where to write the rows that a reason quarantines, as they went in, and what mask steps hide of them. */
  readonly quarantineFile: string;
  readonly originalsFile: string | null;
  /** Where to write all rows with their hidden columns. */
  readonly stage: string;
}

/** What one segment did. */
export interface SegmentFacts {
  readonly figures: StageCounts;
  /** Rows in the quarantine file; 0 means that no file was written. */
  readonly quarantinedRows: number;
  /** Whether the originals file was written. */
  readonly originals: boolean;
}

/** Runs the steps of one segment, and the checks in the last, and sets its quarantined rows aside. Throws for rows that end a run. */
export async function runSegment(request: RunSegmentRequest): Promise<SegmentFacts> {
  const { transform, bound, references, segment, input, stage } = request;
  const { session, runStartedAt, pipeline } = transform;
  await stageRows({
    session,
    references,
    runStartedAt,
    start: inputSql(input, segment.columns, bound.reasons.words, request.hasWaivers),
    first: segment.first,
    links: segment.links,
    end: segment.reshape === null ? (bound.checks.sql ?? undefined) : undefined,
    keepContenders: needsContenders(pipeline),
    stage,
  });
  const figures = await countStage(session, stage, bound);
  refuseStops(figures);
  return { figures, ...(await writeQuarantine(request, figures)) };
}

async function writeQuarantine(
  request: RunSegmentRequest,
  figures: StageCounts,
): Promise<Omit<SegmentFacts, 'figures'>> {
  const { transform, bound, segment, input, rejects, stage, quarantineFile, originalsFile } = request;
  if (figures.quarantined === 0 && rejects === null) return { quarantinedRows: 0, originals: false };
  const reasons = bound.reasons.all.filter((reason) => reason.effect === 'quarantine');
  const bad =
    `SELECT ${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}, ${reasonsSql(reasons)} AS _sluice_reasons ` +
    `FROM read_parquet(${quoteLiteral(stage)}) WHERE ${isQuarantined(bound)}`;
  const { pipeline, session } = transform;
  const { columns, entry } = segment;
  const after = new Map(bound.links.map((link) => [link.step, link.columns]));
  const masked = await maskedInputs({ pipeline, session, columns, entry, after });
  const masksAnything = masksOf(pipeline).length > 0;
  const kept = { rawFile: input, columns, bad, rejectsFile: rejects, masked, masksAnything };
  const quarantinedRows = await copyToParquet(session, quarantineSql(kept), quarantineFile);
  const hidden = maskedNames(columns, masked);
  if (hidden.length === 0 || originalsFile === null) return { quarantinedRows, originals: false };
  await copyToParquet(session, originalsSql(input, bad, hidden), originalsFile);
  return { quarantinedRows, originals: true };
}

/** Ends the partition for reasons that no row may have. */
function refuseStops({ perReason }: StageCounts): void {
  const found = perReason.find(({ reason, rows }) => reason.effect === 'stop' && rows > 0);
  if (!found) return;
  const { reason, rows } = found;
  if (reason.name.startsWith('cast(')) throw new SourceTypesChangedError(reason.name, rows);
  if (reason.name.startsWith('unnest(')) throw new UnnestTooLongError(reason.name, rows);
  throw new LookupMissingError(reason.name, rows);
}
