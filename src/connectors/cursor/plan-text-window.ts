import type { IncrementalByColumn, SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import type { BackfillBounds } from '../../steps/extract/source';
import { cursorType } from './plan-text-cursor';
import { cursorLiteral, type TextCursor } from './text-cursor';
import { refuseOtherBound, refuseOverlap } from './window-bounds';

export interface PlanTextWindowRequest {
  readonly config: Pick<SourceConfig, 'columns'>;
  readonly incremental: IncrementalByColumn;
  readonly bounds: BackfillBounds;
  readonly session: EngineSession;
  /** The connection's name, for errors. */
  readonly connection: string;
}

/** The window of a backfill as a range of the cursor; times without a zone are UTC. Throws `backfill-not-possible`. */
export async function planTextWindow(request: PlanTextWindowRequest): Promise<TextCursor> {
  const { incremental, bounds, session } = request;
  const { column } = incremental;
  const type = cursorType(request);
  for (const text of [bounds.from, bounds.to]) refuseOtherBound(text, column, type, type);
  const literal = (text: string) => cursorLiteral({ type }, text);
  const [typed] = await session.rows<{ from: string; to: string }>(
    `SELECT CAST(${literal(bounds.from)} AS VARCHAR) AS "from", CAST(${literal(bounds.to)} AS VARCHAR) AS "to"`,
  );
  const { from, to } = typed ?? bounds;
  for (const range of bounds.loaded) {
    const { from: lower, to: upper, toIncluded } = range;
    const reaches = upper === null ? 'true' : `${literal(from)} ${toIncluded ? '<=' : '<'} ${literal(upper)}`;
    const begins = lower === null ? 'true' : `${literal(lower)} < ${literal(to)}`;
    const [overlap] = await session.rows<{ overlaps: boolean }>(`SELECT (${reaches}) AND (${begins}) AS overlaps`);
    if (overlap?.overlaps === true) refuseOverlap(column, { from, to }, range);
  }
  return { column, type, from, to, below: true, nulls: false, again: to };
}
