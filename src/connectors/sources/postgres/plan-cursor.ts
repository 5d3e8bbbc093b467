import type { IncrementalByColumn, SourceConfig } from '../../../config/schema/source';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { CursorNullError } from '../../../errors/cursor-null-error';
import { SourceSchemaError } from '../../../errors/source-schema-error';
import type { ColumnType } from '../../../model/column';
import { durationMs } from '../../../model/duration';
import type { Watermark } from '../../../model/slice';
import type { PostgresSession } from '../../postgres/postgres-session';
import type { SourceColumn } from './describe-source';
import type { CursorRange } from './partition-spec';
import { relationLabel, relationSql } from './relation-sql';

export interface PlanCursorRequest {
  readonly session: PostgresSession;
  readonly config: SourceConfig;
  readonly incremental: IncrementalByColumn;
  readonly columns: readonly SourceColumn[];
  readonly watermark: Watermark | null;
  readonly connection: string;
}

export type PlannedCursor =
  | { readonly outcome: 'planned'; readonly cursor: CursorRange; readonly notes: readonly string[] }
  | { readonly outcome: 'up-to-date'; readonly reason: string; readonly notes: readonly string[] };

const TIMES: readonly ColumnType[] = ['date', 'timestamp', 'timestamptz'];

/**
 * Fixes the range of the cursor that a run takes: from the watermark less the lag, both ends included, to the highest value that is
 * there now. Rows at the lower end are there again; the hashes that the last load left tell which of them were loaded.
 * Throws `cursor-null` and `source-schema-mismatch`.
 */
export async function planCursor(request: PlanCursorRequest): Promise<PlannedCursor> {
  const { session, config, incremental, watermark, connection } = request;
  const { column: name, nulls } = incremental;
  const found = cursorColumn(request);
  const { sqlType, type } = found;
  const [column, relation] = [quoteIdentifier(name), relationSql(config)];
  const [state] = await session.rows<{ top: string | null; nulls: string }>(
    `SELECT greatest(max(${column}), $1::${sqlType})::text AS top, count(*) FILTER (WHERE ${column} IS NULL) AS nulls FROM ${relation}`,
    [watermark?.value ?? null],
  );
  const without = state?.nulls ?? '0';
  if (nulls === 'fail' && without !== '0') throw new CursorNullError(name, without, connection);
  const notes =
    without === '0' ? [] : [`${without} rows without ${name} were ${nulls === 'include' ? 'taken' : 'left'}`];
  const to = state?.top ?? null;
  if (to === null) {
    return { outcome: 'up-to-date', reason: `${relationLabel(config)} holds no row with a ${name}`, notes };
  }
  const last = watermark?.value ?? null;
  const from = last === null ? startOf(incremental) : await lagBehind(session, last, sqlType, incremental);
  const cursor: CursorRange = {
    column: name,
    sqlType,
    type,
    from,
    to,
    nulls: nulls === 'include',
    again: await lagBehind(session, to, sqlType, incremental),
  };
  if (last !== null && last === to && (await rowsWithin(session, relation, cursor)) === (watermark?.seen?.rows ?? 0)) {
    const reason = `already loaded: nothing in ${relationLabel(config)} beyond ${name} ${to}, by load ${watermark?.load ?? 0}`;
    return { outcome: 'up-to-date', reason, notes };
  }
  return { outcome: 'planned', cursor, notes };
}

/** The cursor's column as the source has it. Throws `source-schema-mismatch` where new rows cannot be found by it. */
export function cursorColumn({
  columns,
  incremental,
  config,
  connection,
}: Pick<PlanCursorRequest, 'columns' | 'incremental' | 'config' | 'connection'>): SourceColumn {
  const found = columns.find(({ name }) => name === incremental.column);
  if (found === undefined) {
    const there = columns.map(({ name }) => name).join(', ');
    throw new SourceSchemaError(
      `${relationLabel(config)} has no column ${incremental.column}, by which new rows are found; it has ${there}`,
      connection,
    );
  }
  const isTime = TIMES.includes(found.type);
  if (!isTime && !/^(integer|bigint|decimal)/.test(found.type)) {
    throw new SourceSchemaError(
      `${incremental.column} is ${found.sqlType}: new rows are found by a date, a time or an exact number`,
      connection,
    );
  }
  const { lag } = incremental;
  if (lag !== undefined && isTime !== (typeof lag === 'string')) {
    const wanted = isTime ? 'a duration such as 1h' : 'a number';
    throw new SourceSchemaError(`${incremental.column} is ${found.sqlType}, so its lag is ${wanted}`, connection);
  }
  return found;
}

function startOf({ start }: IncrementalByColumn): string | null {
  return start === undefined ? null : String(start);
}

/** A value less the lag, computed by the database so that its own rules for types and time zones hold. */
async function lagBehind(
  session: PostgresSession,
  value: string,
  sqlType: string,
  { lag = 0 }: IncrementalByColumn,
): Promise<string> {
  const [back, backType] =
    typeof lag === 'string' ? [`${durationMs(lag)} milliseconds`, 'interval'] : [String(lag), 'numeric'];
  if (lag === 0) return value;
  const [row] = await session.rows<{ value: string }>(
    `SELECT ($1::${sqlType} - $2::${backType})::${sqlType}::text AS value`,
    [value, back],
  );
  return row?.value ?? value;
}

async function rowsWithin(session: PostgresSession, relation: string, cursor: CursorRange): Promise<number> {
  const column = quoteIdentifier(cursor.column);
  const orNull = cursor.nulls ? ` OR ${column} IS NULL` : '';
  const [row] = await session.rows<{ n: string }>(
    `SELECT count(*) AS n FROM ${relation} WHERE ${column} >= $1::${cursor.sqlType}${orNull}`,
    [cursor.from ?? cursor.to],
  );
  return Number(row?.n ?? 0);
}
