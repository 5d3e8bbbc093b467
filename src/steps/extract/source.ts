import type { SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import type { Column } from '../../model/column';
import type { Partition, Slice, Watermark } from '../../model/slice';

/** What a kind of source can do; a configuration that asks for more is refused at validation. */
export interface SourceCapabilities {
  readonly incrementalBy: readonly ('file' | 'column')[];
  readonly formats: readonly string[];
  readonly partitioning: readonly ('files' | 'row-groups' | 'key-range' | 'hash')[];
}

export interface SourcePlanRequest {
  readonly config: SourceConfig;
  readonly writeDisposition: 'append' | 'replace' | 'merge';
  readonly definitionHash: string;
  readonly watermark: Watermark | null;
  /** A window to take in place of what is new; for `incremental: { by: column }`. Throws `backfill-not-possible`. */
  readonly backfill?: BackfillBounds;
  /** For reading headers and footers. */
  readonly session: EngineSession;
}

/** A window of the cursor: `from` belongs to it, `to` does not. Texts as somebody wrote them; the source knows the column's type. */
export interface BackfillBounds {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** What the target has, or other runs take, and an append may not load again. */
  readonly loaded: readonly LoadedRange[];
}

export interface LoadedRange {
  /** Included; null stands for the beginning. */
  readonly from: string | null;
  /** Null stands for no end. */
  readonly to: string | null;
  readonly toIncluded: boolean;
  /** Who takes it, for people. */
  readonly by: string;
}

/** What a run will take. `columns` are as the source has them (all `string` for text formats), before any step. */
export type SourcePlan =
  | {
      readonly outcome: 'planned';
      readonly slice: Slice;
      readonly partitions: readonly Partition[];
      readonly columns: readonly Column[];
      /** What was left out and why, for people: files already loaded, files still being written. */
      readonly notes: readonly string[];
    }
  | { readonly outcome: 'up-to-date'; readonly reason: string; readonly notes: readonly string[] };

/**
 * Local relations over one partition, valid inside the session. `selectSql` gives the source's columns plus `_sluice_file` and
 * `_sluice_row`. `rejectsSql`, where the format has rows that cannot be parsed, gives (_sluice_file, _sluice_row, reason, raw).
 * `rejectsSql` must be run after `selectSql` has been read to its end.
 */
export interface SourceRelation {
  readonly selectSql: string;
  readonly rejectsSql: string | null;
  /** Rows that the source says are there (Parquet footer, COPY command count), where it says so before reading. */
  readonly statedRows: number | null;
  /**
   * For `incremental: { by: column }`: gives `hash` of the rows that the next run will meet again; null where there are none to expect.
   * Run after `selectSql`.
   */
  readonly seenSql?: string | null;
  /** What `selectSql` is made of, file by file: looked through for the one to name when the engine cannot read them. */
  readonly parts?: readonly RelationPart[];
}

/** One file of a relation. */
export interface RelationPart {
  /** The file's path at the source. */
  readonly path: string;
  readonly selectSql: string;
}

/** One connection, opened for one activity. Errors are `SluiceError`s with the connection's name. */
export interface Source {
  readonly kind: string;
  readonly capabilities: SourceCapabilities;
  /** Lists, compares with the watermark, splits. Throws when files are missing or their columns contradict each other. */
  plan(request: SourcePlanRequest): Promise<SourcePlan>;
  /** Brings one partition near the engine. Throws `source-changed` when a file is no longer the planned version. */
  open(
    partition: Partition,
    config: SourceConfig,
    session: EngineSession,
    /** Local Parquet file of the rows that earlier runs took and this one meets again (`Watermark.seen`). */
    seenFile?: string | null,
  ): Promise<SourceRelation>;
  /** Tries the connection in words: what works, what does not. */
  test(): Promise<readonly string[]>;
  close(): Promise<void>;
}
