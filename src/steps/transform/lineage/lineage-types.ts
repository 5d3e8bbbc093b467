/** What one step did to one column, or to the rows. */
export interface LineageStep {
  /** Index in `transform`; -1 for the casts that `source.columns` asks for. */
  readonly index: number;
  /** The key of the step, such as `derive`. */
  readonly kind: string;
  /** The column that it made or changed, by its name after the step; null where it decided over rows. */
  readonly column: string | null;
  /** The expression as written, or what stands for it, such as the old name or the new type; null where there is nothing to say. */
  readonly expression: string | null;
  /** Columns before the step that it read for this. */
  readonly reads: readonly string[];
}

/** A column of other data that a lookup took. */
export interface LookupOrigin {
  /** The other pipeline, or `file:<path>`. */
  readonly from: string;
  readonly column: string;
  /** Columns before the lookup that were matched. */
  readonly match: readonly string[];
}

/** Where the values of a column come from. */
export interface ColumnLineage {
  readonly name: string;
  /** Columns of the source, in the order of the source. */
  readonly sources: readonly string[];
  readonly lookups: readonly LookupOrigin[];
  /** Every step that had a part in the values, in the order of the steps. */
  readonly steps: readonly LineageStep[];
  /** Whether all that it is made of went through a mask step. */
  readonly masked: boolean;
}

/** A step that decided which rows go on, and the columns of the source that it looked at. */
export interface RowInfluence extends LineageStep {
  readonly sources: readonly string[];
}

/** Where all columns at one point of a pipeline come from. */
export interface Lineage {
  /** All columns of the source, in its order. */
  readonly source: readonly string[];
  readonly columns: readonly ColumnLineage[];
  /** Set where a step makes columns whose names are not known here: from then on, every column may come from every one. */
  readonly opaque?: boolean;
  readonly rows: readonly RowInfluence[];
}
