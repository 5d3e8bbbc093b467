import type { Column } from '../../model/column';
import type { ByteRange } from './line-range';

/** Rows of a Parquet file in consecutive row groups, and where their bytes are. */
export interface RowRange {
  /** Zero-based. */
  readonly firstRow: number;
  readonly rows: number;
  readonly offset: number;
  readonly length: number;
}

/** One file of a partition, in the version that was planned. */
export interface PlannedFile {
  /** Index in the slice: `_sluice_file`. */
  readonly index: number;
  readonly path: string;
  readonly etag: string;
  readonly bytes: number;
  /** Parquet only: the ranges to read (all of them when the file is not split) and where the footer begins. */
  readonly ranges?: readonly RowRange[];
  readonly footerStart?: number;
  /** Text only, where the file is split: the lines that begin in these bytes, and the names in its header. */
  readonly lines?: ByteRange;
  readonly header?: readonly string[];
}

/** What a partition of this kind of source is: JSON-safe. */
export interface FilePartitionSpec {
  readonly files: readonly PlannedFile[];
  /** The columns that the plan decided on: what `open` gives, in this order. */
  readonly columns: readonly Column[];
}
