import type { SourceConfig } from '../../../config/schema/source';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SourceSchemaError } from '../../../errors/source-schema-error';
import type { PostgresSession } from '../../postgres/postgres-session';
import { bindSettings, conditionOf } from './condition-sql';
import type { SourceColumn } from './describe-source';
import type { CursorRange, KeyHash, KeyRange } from './partition-spec';
import { relationLabel, relationSql } from './relation-sql';

/** Rows of a partition when the pipeline does not say. */
const DEFAULT_TARGET_ROWS = 500_000;

export interface PlannedPart {
  readonly key: KeyRange | KeyHash | null;
  readonly label: string;
  readonly rows: number;
}

export interface PlanPartitionsRequest {
  readonly session: PostgresSession;
  readonly config: SourceConfig;
  readonly cursor: CursorRange | null;
  readonly columns: readonly SourceColumn[];
  readonly connection: string;
}

/**
 * Splits the slice by its key: into ranges with as many rows each, by the key's own quantiles, or by hash. Without a key, or where the
 * slice is read as of one moment, it stays together.
 */
export async function planPartitions(request: PlanPartitionsRequest): Promise<PlannedPart[]> {
  const { session, config, cursor } = request;
  const condition = conditionOf({ cursor, key: null });
  await bindSettings(session, condition);
  const from = `${relationSql(config)} WHERE ${condition.sql}`;
  const [counted] = await session.rows<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
  const rows = Number(counted?.n ?? 0);
  const { by, method, targetRows = DEFAULT_TARGET_ROWS, min, max } = config.partitions;
  const together: PlannedPart[] = [{ key: null, label: relationLabel(config), rows }];
  if (by === undefined || config.consistency === 'snapshot') return together;
  const column = request.columns.find(({ name }) => name === by);
  if (column === undefined) {
    throw new SourceSchemaError(
      `${relationLabel(config)} has no column ${by}, by which it is split`,
      request.connection,
    );
  }
  const parts = Math.min(max, Math.max(min, Math.ceil(rows / targetRows)));
  if (parts <= 1) return together;
  if (method === 'hash') {
    return Array.from({ length: parts }, (_, remainder) => ({
      key: { kind: 'hash', column: by, of: parts, remainder },
      label: `${relationLabel(config)} ${by} hash ${remainder + 1} of ${parts}`,
      rows: Math.ceil(rows / parts),
    }));
  }
  const bounds = await quantiles(session, column, from, parts);
  return [null, ...bounds].map((lower, index) => {
    const below = bounds[index] ?? null;
    const range = lower === null ? `below ${below}` : below === null ? `from ${lower}` : `from ${lower} below ${below}`;
    return {
      key: { kind: 'range', column: by, sqlType: column.sqlType, from: lower, below, nulls: index === 0 },
      label: bounds.length === 0 ? relationLabel(config) : `${relationLabel(config)} ${by} ${range}`,
      rows: Math.ceil(rows / (bounds.length + 1)),
    };
  });
}

/** The values between the parts, without repetitions: a key that is there very often makes fewer parts. */
async function quantiles(
  session: PostgresSession,
  { name, sqlType }: SourceColumn,
  from: string,
  parts: number,
): Promise<string[]> {
  const shares = Array.from({ length: parts - 1 }, (_, index) => (index + 1) / parts);
  const column = quoteIdentifier(name);
  const found = await session.rows<{ bound: string | null }>(
    `SELECT DISTINCT b::text AS bound, b FROM unnest((
       SELECT percentile_disc($1::float8[]) WITHIN GROUP (ORDER BY ${column}) FROM ${from}
     )::${sqlType}[]) AS b WHERE b IS NOT NULL ORDER BY b`,
    [shares],
  );
  return found.flatMap(({ bound }) => (bound === null ? [] : [bound]));
}
