import type { IncrementalByColumn, SourceConfig } from '../../../config/schema/source';
import type { BackfillBounds } from '../../../steps/extract/source';
import { refuseOtherBound, refuseOverlap } from '../../cursor/window-bounds';
import type { PostgresSession } from '../../postgres/postgres-session';
import type { SourceColumn } from './describe-source';
import type { CursorRange } from './partition-spec';
import { cursorColumn } from './plan-cursor';

export interface PlanBackfillRequest {
  readonly session: PostgresSession;
  readonly config: SourceConfig;
  readonly incremental: IncrementalByColumn;
  readonly columns: readonly SourceColumn[];
  readonly bounds: BackfillBounds;
  readonly connection: string;
}

/**
 * The window of a backfill as a range of the cursor. Its bounds are read as the column's type, by the database; times without a zone are
 * UTC for a `timestamptz`. Rows without a value belong to no window. Throws `backfill-not-possible`.
 */
export async function planBackfill(request: PlanBackfillRequest): Promise<CursorRange> {
  const { session, bounds } = request;
  const { name, sqlType, type } = cursorColumn(request);
  for (const text of [bounds.from, bounds.to]) refuseOtherBound(text, name, type, sqlType);
  const [typed] = await session.rows<{ from: string; to: string }>(
    `SELECT $1::${sqlType}::text AS from, $2::${sqlType}::text AS to`,
    [bounds.from, bounds.to],
  );
  const { from, to } = typed ?? bounds;
  for (const range of bounds.loaded) {
    const { from: lower, to: upper, toIncluded } = range;
    const [overlap] = await session.rows<{ overlaps: boolean }>(
      `SELECT ($2::${sqlType} IS NULL OR $1::${sqlType} ${toIncluded ? '<=' : '<'} $2::${sqlType})
          AND ($4::${sqlType} IS NULL OR $4::${sqlType} < $3::${sqlType}) AS overlaps`,
      [from, upper, to, lower],
    );
    if (overlap?.overlaps !== true) continue;
    refuseOverlap(name, { from, to }, range);
  }
  return { column: name, sqlType, type, from, to, below: true, nulls: false, again: to };
}
