import type { IncrementalByColumn, SourceConfig } from '../../../config/schema/source';
import { BackfillNotPossibleError } from '../../../errors/backfill-not-possible-error';
import type { ColumnType } from '../../../model/column';
import type { BackfillBounds } from '../../../steps/extract/source';
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

const HAS_ZONE = /[T ].*(Z|[+-]\d{2}:?\d{2})$/;

/**
 * The window of a backfill as a range of the cursor. Its bounds are read as the column's type, by the database; times without a zone are
 * UTC for a `timestamptz`. Rows without a value belong to no window. Throws `backfill-not-possible`.
 */
export async function planBackfill(request: PlanBackfillRequest): Promise<CursorRange> {
  const { session, bounds } = request;
  const { name, sqlType, type } = cursorColumn(request);
  for (const text of [bounds.from, bounds.to]) refuseOtherType(text, name, type, sqlType);
  const [typed] = await session.rows<{ from: string; to: string }>(
    `SELECT $1::${sqlType}::text AS from, $2::${sqlType}::text AS to`,
    [bounds.from, bounds.to],
  );
  const { from, to } = typed ?? bounds;
  for (const { from: lower, to: upper, toIncluded, by } of bounds.loaded) {
    const [overlap] = await session.rows<{ overlaps: boolean }>(
      `SELECT ($2::${sqlType} IS NULL OR $1::${sqlType} ${toIncluded ? '<=' : '<'} $2::${sqlType})
          AND ($4::${sqlType} IS NULL OR $4::${sqlType} < $3::${sqlType}) AS overlaps`,
      [from, upper, to, lower],
    );
    if (overlap?.overlaps !== true) continue;
    const range = `from ${lower ?? 'the beginning'}${upper === null ? ' on' : ` to ${upper}`}`;
    throw new BackfillNotPossibleError(
      `The window of ${name} from ${from} to below ${to} overlaps what ${by} takes (${range}): this pipeline appends, so its rows would be there twice. ` +
        `Backfill what lies outside, take back the run that loaded it (sluice undo), or give the target a key and writeDisposition: merge`,
    );
  }
  return { column: name, sqlType, type, from, to, below: true, nulls: false, again: to };
}

function refuseOtherType(text: string, name: string, type: ColumnType, sqlType: string): void {
  const isNumber = /^-?\d+$/.test(text);
  const wantsTime = type === 'date' || type === 'timestamp' || type === 'timestamptz';
  const refuse = (why: string): never => {
    throw new BackfillNotPossibleError(`The bound '${text}' does not suit ${name}, which is ${sqlType}: ${why}`);
  };
  if (isNumber === wantsTime) refuse(wantsTime ? 'write a date or a time' : 'write a whole number');
  if (type === 'date' && text.length > 10) refuse('write whole days, such as 2026-01-31');
  // PostgreSQL would drop the zone without a word.
  if (type === 'timestamp' && HAS_ZONE.test(text)) refuse('it has no time zone, so write times without one');
}
