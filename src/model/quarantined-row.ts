import type { RowPlace } from './quarantine-review';

/** Which rows of a batch are wanted. */
export interface QuarantinedQuery {
  /** Rows behind this place. */
  readonly after: RowPlace | null;
  readonly limit: number;
  /** Rows with this reason among theirs. */
  readonly reason?: string;
  /** Rows with this text in a column; null for those without a value there. */
  readonly column?: { readonly name: string; readonly value: string | null };
}

/** A quarantined row. Values are texts, so that large numbers stay exact; in the order of the source's columns. */
export interface QuarantinedRow extends RowPlace {
  readonly reasons: readonly string[];
  /** The line as it stood in the file, for rows that could not be parsed. */
  readonly raw: string | null;
  readonly values: Readonly<Record<string, string | null>>;
}
