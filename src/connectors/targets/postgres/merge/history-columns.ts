import type { TargetConfig } from '../../../../config/schema/pipeline';
import type { Column } from '../../../../model/column';

/** The columns of a table with all versions of its rows: from when, and up to when, each held. */
export interface HistoryColumns {
  readonly from: string;
  readonly to: string;
  /** Whether the current row of a key that a load does not have is closed. */
  readonly closesAbsent: boolean;
}

/** Null for tables that hold one version. */
export function historyColumns({ writeDisposition, merge }: TargetConfig): HistoryColumns | null {
  if (writeDisposition !== 'merge' || merge?.strategy !== 'scd2') return null;
  const { validFrom = 'valid_from', validTo = 'valid_to', absent } = merge;
  return { from: validFrom, to: validTo, closesAbsent: absent === 'close' };
}

/** The columns that the table has: those of the pipeline, and those of the versions. */
export function withHistory(columns: readonly Column[], history: HistoryColumns | null): readonly Column[] {
  if (history === null) return columns;
  const moments = [history.from, history.to].map((name): Column => ({ name, type: 'timestamptz', nullable: true }));
  return [...columns, ...moments];
}
