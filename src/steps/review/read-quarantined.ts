import type { EngineSession, EngineValue } from '../../engine/engine-session';
import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { QuarantinedQuery, QuarantinedRow } from '../../model/quarantined-row';
import { QUARANTINE_COLUMNS } from '../transform/quarantine-sql';

/** The source's columns among those of a quarantine file. */
export function quarantinedColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ name }) => !name.startsWith('_sluice_'));
}

/** Reads a page of a quarantine file, in the order of the source. Names and values of the query are bound or quoted, never run. */
export async function readQuarantined(
  session: EngineSession,
  file: string,
  columns: readonly Column[],
  { after, limit, reason, column }: QuarantinedQuery,
): Promise<QuarantinedRow[]> {
  const { file: fileColumn, row } = SYSTEM_COLUMNS;
  const { reasons, raw } = QUARANTINE_COLUMNS;
  const bound: EngineValue[] = [];
  const value = (one: EngineValue): string => `$${bound.push(one)}`;
  const conditions = [
    ...(after === null
      ? []
      : [`(${fileColumn}, ${row}) > (CAST(${value(after.file)} AS INTEGER), CAST(${value(after.row)} AS BIGINT))`]),
    ...(reason === undefined
      ? []
      : [`list_contains(CAST(CAST(${reasons} AS JSON) AS VARCHAR[]), CAST(${value(reason)} AS VARCHAR))`]),
    ...(column === undefined
      ? []
      : [
          `CAST(${quoteIdentifier(column.name)} AS VARCHAR) IS NOT DISTINCT FROM CAST(${value(column.value)} AS VARCHAR)`,
        ]),
  ];
  const own = quarantinedColumns(columns);
  const values = own.map(({ name }, index) => `CAST(${quoteIdentifier(name)} AS VARCHAR) AS v${index}`);
  const found = await session.rows(
    `SELECT ${[`${fileColumn} AS f`, `CAST(${row} AS VARCHAR) AS r`, `CAST(${reasons} AS VARCHAR) AS reasons`, `${raw} AS raw`, ...values].join(', ')}
     FROM read_parquet(${quoteLiteral(file)}) ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY ${fileColumn}, ${row} LIMIT ${Math.trunc(limit)}`,
    bound,
  );
  return found.map((one) => ({
    file: Number(one['f']),
    row: Number(one['r']),
    reasons: JSON.parse(String(one['reasons'] ?? '[]')) as string[],
    raw: one['raw'] === null ? null : String(one['raw']),
    values: Object.fromEntries(
      own.map(({ name }, index) => {
        const text = one[`v${index}`];
        return [name, text === null || text === undefined ? null : String(text)];
      }),
    ),
  }));
}

/** The columns whose new values are none of their type, with the type. */
export async function misfittingEdits(
  session: EngineSession,
  columns: readonly Column[],
  edits: Readonly<Record<string, string | null>>,
): Promise<{ readonly column: string; readonly type: string | null }[]> {
  const faults: { column: string; type: string | null }[] = [];
  for (const [name, value] of Object.entries(edits)) {
    const column = quarantinedColumns(columns).find((candidate) => candidate.name === name);
    if (column === undefined) faults.push({ column: name, type: null });
    else if (value !== null && column.type !== 'string') {
      const [row] = await session.rows<{ fits: boolean }>(
        `SELECT TRY_CAST(CAST($1 AS VARCHAR) AS ${duckdbType(column.type)}) IS NOT NULL AS fits`,
        [value],
      );
      if (row?.fits !== true) faults.push({ column: name, type: column.type });
    }
  }
  return faults;
}
