import type { Column, ColumnType } from '../../../model/column';

/** What a run takes: rows of a table or query whose cursor lies between two values, both included. */
export interface CursorRange {
  readonly column: string;
  /** As `format_type` writes it. */
  readonly sqlType: string;
  readonly type: ColumnType;
  /** As PostgreSQL prints it; null takes from the beginning. */
  readonly from: string | null;
  readonly to: string;
  /** Whether `to` itself is left to the next window; absent: it is taken. */
  readonly below?: boolean;
  /** Whether rows without a value are taken. */
  readonly nulls: boolean;
  /** From here on the next run will look again. */
  readonly again: string;
}

/** Rows whose key lies in a range: the lower bound belongs to it, the upper one only where it is the last. */
export interface KeyRange {
  readonly kind: 'range';
  readonly column: string;
  readonly sqlType: string;
  readonly from: string | null;
  readonly below: string | null;
  /** Whether rows without a key are here. */
  readonly nulls: boolean;
}

/** Rows whose key's hash leaves this remainder. */
export interface KeyHash {
  readonly kind: 'hash';
  readonly column: string;
  readonly of: number;
  readonly remainder: number;
}

/** One partition of a table or query, as planned. JSON-safe. */
export interface PostgresPartitionSpec {
  /** Columns of the relation, in this order. */
  readonly columns: readonly Column[];
  /** Those that the database has; the others are null. */
  readonly present: readonly string[];
  readonly cursor: CursorRange | null;
  readonly key: KeyRange | KeyHash | null;
  /** Connections that read it together over one snapshot; 1 reads it alone. */
  readonly connections: number;
}
