/**
 * The logical types of Sluice. Each engine and target maps them to its own; `decimal` carries precision and scale.
 * Written in YAML as `integer`, `decimal(12,2)`, `timestamp` and so on.
 */
export type ColumnType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double'
  | `decimal(${number},${number})`
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'json'
  | 'binary';

/** A column of a relation: a source's, an artifact's or a target's. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the column may hold nulls; unknown counts as true. */
  readonly nullable: boolean;
}

/**
 * Columns that Sluice adds to every row from extraction on, and to every row of a target table.
 * `_sluice_file` is the zero-based index of the row's file in the slice (0 where the source has no files, -1 for
 * rows that a step made of rows of many files), `_sluice_row` the one-based number of the data row in that file (of a row that a step made,
 * its own), and `_sluice_load` the ledger id of the load (targets only).
 */
export const SYSTEM_COLUMNS = { file: '_sluice_file', row: '_sluice_row', load: '_sluice_load' } as const;

/** The prefix that user columns may not begin with. */
export const SYSTEM_PREFIX = '_sluice_';
