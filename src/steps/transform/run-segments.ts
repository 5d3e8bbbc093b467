import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { QuarantineReason } from '../../model/check-result';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { LookupCounts, RuleFigures } from '../../model/step-figures';
import type { BoundPipeline } from './bind-pipeline';
import type { ReferenceRelation } from './compose-chain';
import { copyToParquet } from './copy-to-parquet';
import { figuresOf } from './figures-of';
import { reshapeRows } from './reshape-rows';
import { runSegment } from './run-segment';
import { segmentsOf } from './segments';
import type { PartialCheck, QuarantineAfter, TransformRequest } from './transform-partition-types';

/** What all segments of a partition did, in rows, and the rows of the last with their hidden columns. */
export interface SegmentsRun {
  /** Parquet file; the caller removes it. */
  readonly stage: string;
  readonly generated: number;
  readonly filtered: number;
  readonly deduplicated: number;
  readonly collapsed: number;
  readonly checks: readonly PartialCheck[];
  readonly lookups: readonly LookupCounts[];
  readonly rules: readonly RuleFigures[];
  /** Rows in the request's quarantine file, and their reasons but those of parsing. */
  readonly quarantinedRows: number;
  readonly originals: boolean;
  readonly quarantineReasons: readonly QuarantineReason[];
  readonly quarantineAfter: readonly QuarantineAfter[];
  /** Whether a step made rows anew. */
  readonly reshaped: boolean;
  readonly entry: number;
  readonly entryColumns: readonly Column[];
}

/** Runs the segments of a pipeline one after the other, and between them the steps that make rows anew. */
export async function runSegments(
  request: TransformRequest,
  bound: BoundPipeline,
  references: readonly ReferenceRelation[],
): Promise<SegmentsRun> {
  const { session, runStartedAt } = request;
  const scratch = (name: string): string => join(session.scratchFolder, `${name}-${randomUUID()}.parquet`);
  const total = { generated: 0, filtered: 0, deduplicated: 0, collapsed: 0 };
  const first = { quarantinedRows: 0, originals: false, quarantineReasons: [] as readonly QuarantineReason[] };
  const quarantineAfter: QuarantineAfter[] = [];
  const stepFigures = { lookups: [] as LookupCounts[], rules: [] as RuleFigures[] };
  const segments = segmentsOf(bound, request.inputColumns, request.entry ?? 0);
  let input = request.input;
  for (const [index, segment] of segments.entries()) {
    const isFirst = index === 0;
    const stage = scratch('stage');
    const quarantineFile = isFirst ? request.quarantineFile : scratch('quarantine-after');
    const originalsFile = isFirst ? (request.originalsFile ?? null) : scratch('originals-after');
    const hasWaivers = isFirst && (request.hasWaivers ?? false);
    const rejects = isFirst ? request.rejects : null;
    const files = { input, rejects, quarantineFile, originalsFile, stage };
    const run = { transform: request, bound, references, segment, hasWaivers, ...files };
    const { figures, quarantinedRows, originals } = await runSegment(run);
    total.filtered += figures.filtered;
    total.deduplicated += figures.deduplicated;
    const { lookups, rules } = figuresOf(segment.links, figures.perReason);
    stepFigures.lookups.push(...lookups);
    stepFigures.rules.push(...rules);
    if (isFirst) Object.assign(first, { quarantinedRows, originals, quarantineReasons: figures.reasons });
    else if (quarantinedRows > 0) {
      const { entry, columns } = segment;
      const kept = { file: quarantineFile, originals: originals ? originalsFile : null, rows: quarantinedRows };
      quarantineAfter.push({ entry, columns, ...kept, reasons: figures.reasons });
    }
    const { reshape, entry, columns } = segment;
    if (reshape === null) {
      if (!isFirst) await keepReshaped(request, input, columns);
      const { checks } = figures;
      const made = { reshaped: !isFirst, entry, entryColumns: columns };
      return { stage, ...total, checks, ...stepFigures, ...first, quarantineAfter, ...made };
    }
    const file = scratch('reshaped');
    const counts = await reshapeRows({
      session,
      references,
      runStartedAt,
      link: reshape,
      index: segment.first + segment.links.length,
      columns: segment.links.at(-1)?.columns ?? columns,
      stage,
      rowsIn: figures.live,
      file,
    });
    total.generated += counts.generated;
    total.collapsed += counts.collapsed;
    await rm(stage);
    if (!isFirst) await rm(input);
    input = file;
  }
  throw new RangeError('A pipeline has at least one segment');
}

/** Gives the validate step the rows that the last reshaping step made, without hidden columns, and removes ours. */
async function keepReshaped(request: TransformRequest, file: string, columns: readonly Column[]): Promise<void> {
  if (request.reshapedFile !== undefined) {
    const names = [...columns.map(({ name }) => quoteIdentifier(name)), SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row];
    const query = `SELECT ${names.join(', ')} FROM read_parquet(${quoteLiteral(file)})`;
    await copyToParquet(request.session, query, request.reshapedFile);
  }
  await rm(file);
}
