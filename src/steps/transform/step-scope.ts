import type { EngineSession } from '../../engine/engine-session';
import type { Column } from '../../model/column';
import type { Reason, ReasonRegistry } from './reason-registry';

/** A problem of a step or check, before anything runs. `path` is relative to the step. */
export interface StepProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** The offending text as written; null where there is none. */
  readonly value: string | null;
  readonly fix: string;
}

/** A problem with its path in the pipeline's YAML, such as `transform[2].derive.delayed`. */
export interface BindProblem extends StepProblem {
  readonly path: string;
}

/** What a step sees when it is turned into SQL. */
export interface StepScope {
  /** User columns before the step; null when nobody knows them yet. */
  readonly columns: readonly Column[] | null;
  readonly references: Readonly<Record<string, readonly Column[] | null>>;
  readonly reasons: ReasonRegistry;
  readonly session: EngineSession;
  /** Name of the relation before the step, quoted. */
  readonly input: string;
  /** Whether a step before this one made the rows anew. */
  readonly reshaped: boolean;
}

/** The steps that make rows anew. */
export type ReshapeKind = 'aggregate' | 'unnest' | 'sql';

/** Rows that a step counts, each by a bit of its own. */
export type StepFigure =
  | {
      readonly kind: 'lookup';
      readonly name: string;
      readonly from: string;
      readonly matched: Reason;
      readonly missing: Reason;
    }
  | { readonly kind: 'rule'; readonly name: string; readonly reason: string | null; readonly applied: Reason };

/** A step as SQL over `scope.input`, hidden columns included. `sql` is null when it cannot be written: problems, or unknown columns. */
export interface BoundStep {
  readonly problems: readonly StepProblem[];
  readonly sql: string | null;
  /** What the step counts beside the fate of rows; nothing when absent. */
  readonly figures?: readonly StepFigure[];
}

/**
 * A step that makes rows anew, as SQL over the rows that still take part: user columns, `_sluice_file` and `_sluice_row` of the new rows,
 * and `RESHAPE_COUNT` where the step knows it.
 */
export interface BoundReshape extends BoundStep {
  readonly reshape: ReshapeKind;
}

/** Makes a step that could not be bound. */
export function unbound(problems: readonly StepProblem[]): BoundStep {
  return { problems, sql: null };
}
