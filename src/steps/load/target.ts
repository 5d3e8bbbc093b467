import type { TargetConfig, VerifyRule } from '../../config/schema/pipeline';
import type { VerificationResult } from '../../model/check-result';
import type { Column } from '../../model/column';
import type { Counts } from '../../model/counts';
import type { Slice } from '../../model/slice';
import type { LoadChanges } from './load-changes';

/** What a kind of target can do, as data; a combination that it cannot do is refused at validation. */
export interface TargetCapabilities {
  readonly writeDispositions: readonly TargetConfig['writeDisposition'][];
  readonly transactions: boolean;
  readonly sqlVerification: boolean;
  /** Whether `key` is held by the target itself. */
  readonly uniqueKeys: boolean;
  /** Whether rows of a file can be taken out again when a changed version of it is appended. */
  readonly replacesFiles: boolean;
  /** Whether a published load can be taken back. */
  readonly undo: boolean;
  /** Whether columns may be added, and types widened, by a load. */
  readonly evolves: boolean;
}

/** How far the target's columns follow the pipeline's, as `source.schema` says. */
export interface Evolution {
  /** Columns that the target lacks are added. */
  readonly columns: boolean;
  /** A column takes a wider type, which holds every value that is there. */
  readonly types: boolean;
}

export const NO_EVOLUTION: Evolution = { columns: false, types: false };

/** A row of `sluice_ledger` in the target: one published load. */
export interface LedgerEntry {
  /** Rising; also the `_sluice_load` of its rows, and the generation of the target. */
  readonly load: number;
  readonly runId: string;
  readonly pipeline: string;
  readonly slice: Slice;
  readonly definitionHash: string;
  readonly counts: Counts;
  readonly checksums: Readonly<Record<string, string>>;
  readonly writeDisposition: string;
  /** What a merge did; absent for other dispositions. */
  readonly changes?: LoadChanges;
  /** The load that took it back: its rows are no longer there, and it says nothing about what is loaded. */
  readonly undoneBy?: number;
  /** ISO 8601, UTC. */
  readonly publishedAt: string;
}

export interface UndoRequest {
  /** Stands in the ledger as the run that took the load back; the same for every attempt. */
  readonly undoId: string;
  readonly runId: string;
  readonly pipeline: string;
  /** As the run published it. */
  readonly target: TargetConfig;
  /** Whether to look only if it could be done. */
  readonly dryRun: boolean;
}

export interface UndoResult {
  /** Ledger id of the undo; that of the load itself in a dry run. */
  readonly load: number;
  /** The load that was taken back. */
  readonly of: number;
  /** Rows of the load that were taken out, and rows from before it that were put back. */
  readonly removed: number;
  readonly restored: number;
  readonly alreadyUndone: boolean;
}

/** Count and order-independent checksums of the columns, made the same way on both sides. Sums as text, exact. */
export interface RelationFacts {
  readonly rows: number;
  readonly checksums: Readonly<Record<string, string>>;
}

export interface StageRequest {
  readonly runId: string;
  readonly pipeline: string;
  readonly partition: number;
  readonly target: TargetConfig;
  /** User columns in order; the file has them plus `_sluice_file` and `_sluice_row`. */
  readonly columns: readonly Column[];
  /** The newest load when the run was planned, 0 for none: what a late repetition finds there is newer. Not looked at when absent. */
  readonly expectedPreviousLoad?: number;
  /** Columns that `verify` wants checksums of, `*` for all; whole rows always have one. */
  readonly checksumColumns?: readonly string[];
  /** Local Parquet file with the rows to load; exactly these. */
  readonly file: string;
  readonly engine: import('../../engine/engine-session').EngineSession;
}

export interface PublishRequest {
  readonly runId: string;
  readonly pipeline: string;
  readonly target: TargetConfig;
  readonly columns: readonly Column[];
  readonly slice: Slice;
  readonly definitionHash: string;
  /** What staging said, per partition: the transaction checks that all of it is there. */
  readonly staged: readonly { readonly partition: number; readonly facts: RelationFacts }[];
  readonly counts: Counts;
  readonly verify: readonly VerifyRule[];
  /** Whether files of the slice take the place of what their earlier versions loaded; for `append` by file. */
  readonly replacesFiles?: boolean;
  /** Nothing evolves when absent. */
  readonly evolution?: Evolution;
  /** The newest load that the plan knew; publishing refuses (`slice-superseded`) when another has come in between. */
  readonly expectedPreviousLoad: number;
  /** Asked once more right before the commit; rejects when the run is cancelled. */
  readonly beforeCommit: () => Promise<void>;
}

export interface PublishResult {
  readonly load: number;
  readonly rows: number;
  readonly verifications: readonly VerificationResult[];
  /** What a merge did to the table; absent for other dispositions. */
  readonly changes?: LoadChanges;
  /** True when this run had already published: a repeated activity, or a twin that was first. */
  readonly alreadyPublished: boolean;
}

/** One connection, opened for one activity. Staging and publishing may each run twice, at once or in turn. */
export interface Target {
  readonly kind: string;
  readonly capabilities: TargetCapabilities;
  /** The target table as it is; null when it does not exist. User columns only. */
  describe(target: TargetConfig): Promise<readonly Column[] | null>;
  /**
   * Throws `target-schema-mismatch` naming each column that does not fit, and may not be made to. Null table is created at publish. Gives
   * what `describe` gives.
   */
  checkColumns(
    target: TargetConfig,
    columns: readonly Column[],
    evolution?: Evolution,
  ): Promise<readonly Column[] | null>;
  /** Ledger entries of the pipeline newer than a load id, oldest first. */
  ledgerSince(pipeline: string, load: number): Promise<readonly LedgerEntry[]>;
  /** Facts of the staged rows, counted in the target after the copy. */
  stage(request: StageRequest): Promise<RelationFacts>;
  /** Throws `staging-lost`, `verification-failed`, `slice-superseded`, ...; before the commit nothing is visible. */
  publish(request: PublishRequest): Promise<PublishResult>;
  /**
   * Takes back what a run published: afterwards the table is as it was before, but for what later loads added. At once or not at all; done again
   * it changes nothing. Throws `undo-not-possible` with the reason.
   */
  undo(request: UndoRequest): Promise<UndoResult>;
  /** Compensation: removes what staging left of this run. */
  discardStaging(runId: string, pipeline: string): Promise<void>;
  /** Maintenance: removes staging of runs that are not active. Gives what was removed. */
  dropStaleStaging(activeRunIds: readonly string[]): Promise<readonly string[]>;
  /** Writes the columns of the published table to a local file as Parquet; for lookups and relationships. Gives the rows. */
  exportPublished(
    target: TargetConfig,
    columns: readonly string[],
    file: string,
    engine: import('../../engine/engine-session').EngineSession,
  ): Promise<number>;
  /** The statements that stage and publish would run, for `plan`. */
  explain(target: TargetConfig, columns: readonly Column[]): readonly string[];
  test(): Promise<readonly string[]>;
  close(): Promise<void>;
}
