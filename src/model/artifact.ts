import type { Column } from './column';

/** A reference to an immutable blob in the work container: what travels between activities instead of rows. */
export interface BlobRef {
  /** Path inside the work container. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string;
}

/** An immutable Parquet file in the work container with its facts. */
export interface ArtifactRef extends BlobRef {
  /** Rows, read back from the Parquet footer after writing. */
  readonly rows: number;
  readonly columns: readonly Column[];
}
