import type { VerificationResult } from '../../../model/check-result';
import type { Column } from '../../../model/column';
import type { LedgerEntry } from '../../../steps/load/target';
import type { OutputFormat } from './output-format';

/** A data file that a load published. Names are relative to the target's folder. */
export interface DataFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Base64, as the account keeps it. */
  readonly md5: string;
  readonly etag: string;
  /** Values of `partitionBy`, as texts; null for null. */
  readonly hive: Readonly<Record<string, string | null>>;
}

/** A file with the load that added it. */
export interface PublishedFile extends DataFile {
  readonly load: number;
  readonly format: OutputFormat;
  /** The columns of the file, in their order. */
  readonly columns: readonly string[];
}

/** A file that belongs to older generations only. */
export interface RetiredFile extends PublishedFile {
  /** The first load that no longer has it. */
  readonly retiredBy: number;
}

/** One published load: the ledger of the target. */
export interface ManifestLoad extends LedgerEntry {
  readonly rows: number;
  readonly verifications: readonly VerificationResult[];
  /** Made anew for each attempt to publish: tells after a lost answer whether it was this attempt. */
  readonly attempt: string;
  /** Files that it retired, so that an undo knows whether all of them are still kept; absent in what older versions wrote. */
  readonly retiredFiles?: number;
  /** Of an undo: the rows that it took out and put back. */
  readonly undid?: { readonly removed: number; readonly restored: number };
}

/**
 * `<path>/_sluice/manifest.json`: what the folder holds. One conditional write of it publishes a load, so that readers see a generation
 * whole or not at all. `files` is the current generation; generation g is every file, retired ones too, with `load` at most g that g had
 * not retired.
 */
export interface Manifest {
  readonly version: 1;
  /** User columns of the current generation; null before the first load. */
  readonly columns: readonly Column[] | null;
  readonly files: readonly PublishedFile[];
  readonly retired: readonly RetiredFile[];
  /** Oldest first. */
  readonly loads: readonly ManifestLoad[];
  /** By staging area: what was staged before its mark was made has been thrown away and may never be published. */
  readonly discarded: Readonly<Record<string, DiscardMark>>;
}

export interface DiscardMark {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export const EMPTY_MANIFEST: Manifest = {
  version: 1,
  columns: null,
  files: [],
  retired: [],
  loads: [],
  discarded: {},
};
