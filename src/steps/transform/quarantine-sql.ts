import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { hasReason, type Reason } from './reason-registry';

/** Columns of a quarantine file before those of the source, which keep their original values. */
export const QUARANTINE_COLUMNS = {
  /** JSON array of the reasons. */
  reasons: '_sluice_reasons',
  /** The line as it stood in the file, for rows that could not be parsed; null otherwise. */
  raw: '_sluice_raw',
} as const;

/** SQL of the JSON array of a row's reasons. */
export function reasonsSql(reasons: readonly Reason[]): string {
  const names = reasons.map((reason) => `CASE WHEN ${hasReason(reason)} THEN ${quoteLiteral(reason.name)} END`);
  return `CAST(list_filter([${names.join(', ')}], lambda reason: reason IS NOT NULL) AS JSON)`;
}

/** The quarantined rows with their original values, in the order of the source; `bad` gives their place and reasons. */
export function quarantineSql(
  rawFile: string,
  columns: readonly Column[],
  bad: string,
  rejectsFile: string | null,
): string {
  const { file, row } = SYSTEM_COLUMNS;
  const { reasons, raw } = QUARANTINE_COLUMNS;
  const values = columns.map((column) => `r.${quoteIdentifier(column.name)}`);
  const rows =
    `SELECT ${[`r.${file}`, `r.${row}`, `b.${reasons}`, `NULL::VARCHAR AS ${raw}`, ...values].join(', ')} ` +
    `FROM read_parquet(${quoteLiteral(rawFile)}) AS r JOIN (${bad}) AS b ON r.${file} = b.${file} AND r.${row} = b.${row}`;
  if (rejectsFile === null) return `${rows} ORDER BY ${file}, ${row}`;
  const rejects =
    `SELECT ${file}, ${row}, CAST([reason] AS JSON) AS ${reasons}, raw AS ${raw} ` +
    `FROM read_parquet(${quoteLiteral(rejectsFile)})`;
  return `SELECT * FROM (${rows} UNION ALL BY NAME ${rejects}) ORDER BY ${file}, ${row}`;
}
