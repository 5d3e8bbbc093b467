import type { Failure } from '../../model/failure';
import type { RunScope } from './scope';

/** Input of the `undo` orchestration; its instance id is the undo's id and the attempt. */
export interface UndoInput extends Pick<RunScope, 'runId' | 'plan'> {
  /** The pipelines to take back, what depends on others first. */
  readonly pipelines: readonly string[];
  readonly by: string;
  readonly reason: string;
}

/** One pipeline of it. */
export interface UndoLoadInput extends Omit<UndoInput, 'pipelines'> {
  readonly pipeline: string;
  /** Those that are taken back together with it. */
  readonly together: readonly string[];
}

/** What was taken back of a pipeline. */
export interface UndonePipeline {
  readonly pipeline: string;
  /** Ledger ids: of the load, and of its undo. */
  readonly of: number;
  readonly load: number;
  readonly removed: number;
  readonly restored: number;
}

export interface EndUndoInput extends Pick<UndoInput, 'runId' | 'by' | 'reason'> {
  readonly status: 'Succeeded' | 'Failed';
  readonly undone: readonly UndonePipeline[];
  readonly failure: Failure | null;
}
