import type { MaskConfig } from '../../config/schema/mask';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { keptLine, keptValues } from './masked-inputs';
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

export interface QuarantineRequest {
  /** Parquet file of the rows as they went in, with their columns. */
  readonly rawFile: string;
  readonly columns: readonly Column[];
  /** SQL that gives the place and reasons of quarantined rows. */
  readonly bad: string;
  readonly rejectsFile: string | null;
  /** Columns that a mask step masks later, and how; keys in lower case. */
  readonly masked: ReadonlyMap<string, MaskConfig>;
  readonly masksAnything: boolean;
}

/** The quarantined rows with their original values, but for what is masked later, in the order of the source. */
export function quarantineSql(request: QuarantineRequest): string {
  const { rawFile, columns, bad, rejectsFile, masked, masksAnything } = request;
  const { file, row } = SYSTEM_COLUMNS;
  const { reasons, raw } = QUARANTINE_COLUMNS;
  const values = keptValues('r', columns, masked);
  const rows =
    `SELECT ${[`r.${file}`, `r.${row}`, `b.${reasons}`, `NULL::VARCHAR AS ${raw}`, ...values].join(', ')} ` +
    `FROM read_parquet(${quoteLiteral(rawFile)}) AS r JOIN (${bad}) AS b ON r.${file} = b.${file} AND r.${row} = b.${row}`;
  if (rejectsFile === null) return `${rows} ORDER BY ${file}, ${row}`;
  const rejects =
    `SELECT ${file}, ${row}, CAST([reason] AS JSON) AS ${reasons}, ${keptLine('raw', masksAnything)} AS ${raw} ` +
    `FROM read_parquet(${quoteLiteral(rejectsFile)})`;
  return `SELECT * FROM (${rows} UNION ALL BY NAME ${rejects}) ORDER BY ${file}, ${row}`;
}

/** What is hidden of quarantined rows, as it came: their places and the masked columns of `rawFile`. `bad` is SQL with the places. */
export function originalsSql(rawFile: string, bad: string, hidden: readonly string[]): string {
  const { file, row } = SYSTEM_COLUMNS;
  const values = hidden.map((name) => `r.${quoteIdentifier(name)}`);
  return (
    `SELECT ${[`r.${file}`, `r.${row}`, ...values].join(', ')} FROM read_parquet(${quoteLiteral(rawFile)}) AS r ` +
    `JOIN (${bad}) AS b ON r.${file} = b.${file} AND r.${row} = b.${row} ORDER BY r.${file}, r.${row}`
  );
}
