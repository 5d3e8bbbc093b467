import type { IncrementalByColumn, SourceConfig } from '../../config/schema/source';
import { duckdbType } from '../../engine/duckdb-type';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { CursorNullError } from '../../errors/cursor-null-error';
import { SourceSchemaError } from '../../errors/source-schema-error';
import type { ColumnType } from '../../model/column';
import { declaredColumns } from '../../model/declared-columns';
import { durationMs } from '../../model/duration';
import type { Watermark } from '../../model/slice';
import type { SourceRelation } from '../../steps/extract/source';
import { cursorLiteral, cursorValue, type Since, type TextCursor } from './text-cursor';

export interface PlanTextCursorRequest {
  /** Reads what the source has from a value of the cursor on, or more; null reads all. Columns are texts. */
  read(since: Since | null): Promise<SourceRelation>;
  readonly config: Pick<SourceConfig, 'columns'>;
  readonly incremental: IncrementalByColumn;
  readonly watermark: Watermark | null;
  readonly session: EngineSession;
  /** What is read, for people. */
  readonly label: string;
  /** The connection's name, for errors. */
  readonly connection: string;
}

export type PlannedTextCursor =
  | { readonly outcome: 'planned'; readonly cursor: TextCursor; readonly notes: readonly string[] }
  | { readonly outcome: 'up-to-date'; readonly reason: string; readonly notes: readonly string[] };

/**
 * Fixes the range of the cursor that a run takes, for a source that cannot say its highest value without giving its rows: what is new is read
 * once for the range, and again by the extraction, which takes nothing beyond it. From the watermark less the lag, both ends included, to
 * the highest value that is there now. Throws `cursor-null` and `source-schema-mismatch`.
 */
export async function planTextCursor(request: PlanTextCursorRequest): Promise<PlannedTextCursor> {
  const { incremental, watermark, session, label, connection } = request;
  const { column, nulls } = incremental;
  const type = cursorType(request);
  const at = { column, type };
  const last = watermark?.value ?? null;
  const from = last === null ? startOf(incremental) : await lagBehind(session, last, type, incremental);
  const relation = await request.read(from === null ? null : { ...at, from });
  const found = await facts(session, relation, at, from, last);
  if (nulls === 'fail' && found.nulls > 0) throw new CursorNullError(column, String(found.nulls), connection);
  const taken = nulls === 'include' ? 'taken' : 'left';
  const notes = found.nulls === 0 ? [] : [`${found.nulls} rows without ${column} were ${taken}`];
  if (found.top === null) {
    if (found.unreadable !== null) {
      const characters = `the first has ${found.unreadable.length} characters`;
      throw new SourceSchemaError(`no ${column} of ${label} is a ${type}; ${characters}`, connection);
    }
    return { outcome: 'up-to-date', reason: `${label} holds no row with a ${column}`, notes };
  }
  const to = found.top;
  const again = await lagBehind(session, to, type, incremental);
  const there = found.known + (nulls === 'include' ? found.nulls : 0);
  if (last === to && there === (watermark?.seen?.rows ?? 0)) {
    const reason = `already loaded: nothing in ${label} beyond ${column} ${to}, by load ${watermark?.load ?? 0}`;
    return { outcome: 'up-to-date', reason, notes };
  }
  return { outcome: 'planned', cursor: { ...at, from, to, nulls: nulls === 'include', again }, notes };
}

/** The declared type of the cursor's column. Throws `source-schema-mismatch` for a column that is not declared. */
export function cursorType({
  config,
  incremental,
  connection,
}: Pick<PlanTextCursorRequest, 'config' | 'incremental' | 'connection'>): ColumnType {
  const declared = declaredColumns(config).find(({ name }) => name === incremental.column);
  if (declared !== undefined) return declared.type.replaceAll(' ', '') as ColumnType;
  throw new SourceSchemaError(`source.columns has no ${incremental.column}, by which new rows are found`, connection);
}

function startOf({ start }: IncrementalByColumn): string | null {
  return start === undefined ? null : String(start);
}

interface CursorFacts {
  /** The highest value, not below the one that was loaded last. */
  readonly top: string | null;
  readonly nulls: number;
  /** Rows from the lower end on, those that cannot be read, and malformed ones: what the next run would know by its hash. */
  readonly known: number;
  /** A text that is no value of the type. */
  readonly unreadable: string | null;
}

async function facts(
  session: EngineSession,
  relation: SourceRelation,
  at: Pick<TextCursor, 'column' | 'type'>,
  from: string | null,
  last: string | null,
): Promise<CursorFacts> {
  const since = from === null ? 'true' : `v >= ${cursorLiteral(at, from)}`;
  const top = last === null ? 'max(v)' : `greatest(max(v), ${cursorLiteral(at, last)})`;
  const [row] = await session.rows<{ top: string | null; nulls: bigint; known: bigint; unreadable: string | null }>(
    `SELECT CAST(${top} AS VARCHAR) AS top, count(*) FILTER (t IS NULL) AS nulls,
       count(*) FILTER (t IS NOT NULL AND coalesce(${since}, true)) AS known, min(t) FILTER (t IS NOT NULL AND v IS NULL) AS unreadable
     FROM (SELECT ${quoteIdentifier(at.column)} AS t, ${cursorValue(at)} AS v FROM (${relation.selectSql}))`,
  );
  let malformed = 0;
  if (relation.rejectsSql !== null) {
    const [counted] = await session.rows<{ n: bigint }>(`SELECT count(*) AS n FROM (${relation.rejectsSql})`);
    malformed = Number(counted?.n ?? 0);
  }
  return {
    top: row?.top ?? null,
    nulls: Number(row?.nulls ?? 0),
    known: Number(row?.known ?? 0) + malformed,
    unreadable: row?.unreadable ?? null,
  };
}

/** A value less the lag, as the engine prints it. */
async function lagBehind(
  session: EngineSession,
  value: string,
  type: ColumnType,
  { lag = 0 }: IncrementalByColumn,
): Promise<string> {
  const bound = cursorLiteral({ type }, value);
  const less =
    typeof lag === 'string'
      ? `${bound} - to_milliseconds(${durationMs(lag)})`
      : `${bound} - CAST(${quoteLiteral(String(lag))} AS ${duckdbType(type)})`;
  const [row] = await session.rows<{ value: string }>(
    `SELECT CAST(CAST(${lag === 0 ? bound : less} AS ${duckdbType(type)}) AS VARCHAR) AS value`,
  );
  return row?.value ?? value;
}
