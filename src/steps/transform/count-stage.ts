import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import type { QuarantineReason } from '../../model/check-result';
import type { BoundPipeline } from './bind-pipeline';
import { HIDDEN, OUT } from './hidden-columns';
import { hasReason, type Reason } from './reason-registry';
import { isQuarantined } from './is-quarantined';
import type { PartialCheck } from './transform-partition-types';
import { waivableReasons } from './waivable-reasons';

/** What one look at the transformed rows counted. */
export interface StageCounts {
  readonly filtered: number;
  readonly deduplicated: number;
  readonly quarantined: number;
  /** Rows that still take part. */
  readonly live: number;
  readonly checks: readonly PartialCheck[];
  /** Reasons that sent rows to quarantine; those without rows are left out. */
  readonly reasons: readonly QuarantineReason[];
  readonly perReason: readonly { readonly reason: Reason; readonly rows: number }[];
}

/** Counts every fate and every reason over the staged rows in one scan of a few narrow columns. */
export async function countStage(session: EngineSession, stage: string, bound: BoundPipeline): Promise<StageCounts> {
  const reasons = bound.reasons.all;
  const counted = [
    count(`${HIDDEN.out} = ${OUT.filtered}`, 'filtered'),
    count(`${HIDDEN.out} = ${OUT.deduplicated}`, 'deduplicated'),
    count(isQuarantined(bound), 'quarantined'),
    count(`${HIDDEN.out} = ${OUT.none}`, 'evaluated'),
    ...reasons.map((reason, index) => count(hasReason(reason), `reason_${index}`)),
    ...reasons.map((reason, index) => count(`${HIDDEN.waived} AND ${hasReason(reason)}`, `waived_${index}`)),
  ];
  const [row = {}] = await session.rows(`SELECT ${counted.join(', ')} FROM read_parquet(${quoteLiteral(stage)})`);
  const figure = (name: string): number => Number(row[name] ?? 0);
  const perReason = reasons.map((reason, index) => ({ reason, rows: figure(`reason_${index}`) }));
  const rowsOf = new Map(perReason.map(({ reason, rows }) => [reason, rows]));
  const waivable = waivableReasons(bound);
  const waivedOf = new Map(
    reasons.map((reason, index) => [reason, waivable.has(reason) ? figure(`waived_${index}`) : 0]),
  );
  return {
    filtered: figure('filtered'),
    deduplicated: figure('deduplicated'),
    quarantined: figure('quarantined'),
    live: figure('evaluated'),
    checks: bound.checks.rowChecks.map(({ check, reason }) => ({
      name: check.name,
      evaluated: figure('evaluated'),
      failures: rowsOf.get(reason) ?? 0,
      ...((waivedOf.get(reason) ?? 0) > 0 && { waived: waivedOf.get(reason) ?? 0 }),
    })),
    reasons: perReason
      .map(({ reason, rows }) => ({ reason, rows: rows - (waivedOf.get(reason) ?? 0) }))
      .filter(({ reason, rows }) => reason.effect === 'quarantine' && rows > 0)
      .map(({ reason, rows }) => ({ reason: reason.name, rows })),
    perReason,
  };
}

/** The reasons of the lines that could not be parsed. */
export async function countRejects(session: EngineSession, file: string | null): Promise<QuarantineReason[]> {
  if (file === null) return [];
  const rows = await session.rows<{ reason: string; rows: bigint }>(
    `SELECT reason, count(*) AS rows FROM read_parquet(${quoteLiteral(file)}) GROUP BY reason ORDER BY reason`,
  );
  return rows.map(({ reason, rows: count }) => ({ reason, rows: Number(count) }));
}

function count(condition: string, name: string): string {
  return `count(*) FILTER (WHERE ${condition}) AS ${name}`;
}
