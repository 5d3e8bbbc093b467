import { checkExpression } from '../../engine/check-expression';
import type { Column, ColumnType } from '../../model/column';
import { findColumn } from './find-column';
import type { StepProblem, StepScope } from './step-scope';

/** The name under which expressions find the run's start, in UTC. */
export const RUN_STARTED_AT: Column = { name: 'run_started_at', type: 'timestamptz', nullable: false };

/** An expression of a step and where it stands in it. */
export interface StepExpression {
  readonly path: string;
  readonly text: string;
  readonly expects?: 'boolean';
}

/** What checking a step's expressions gave; `types` in the order of the expressions, null where it is not known. */
export interface CheckedExpressions {
  readonly problems: readonly StepProblem[];
  readonly types: readonly (ColumnType | null)[];
  /** Whether one of them reads `run_started_at`. */
  readonly readsRunStart: boolean;
}

/** Checks the expressions of a step against the columns before it. */
export async function checkStepExpressions(
  scope: StepScope,
  expressions: readonly StepExpression[],
): Promise<CheckedExpressions> {
  const problems: StepProblem[] = [];
  const types: (ColumnType | null)[] = [];
  let readsRunStart = false;
  for (const { path, text, expects } of expressions) {
    const check = await checkExpression(scope.session, text, {
      columns: scope.columns,
      extraNames: [RUN_STARTED_AT],
      ...(expects === undefined ? {} : { expects }),
    });
    problems.push(...check.problems.map((problem) => ({ ...problem, path, value: text })));
    types.push(check.type);
    readsRunStart ||= check.reads.some((name) => name.toLowerCase() === RUN_STARTED_AT.name);
  }
  const hidden = scope.columns !== null && findColumn(scope.columns, RUN_STARTED_AT.name) !== undefined;
  return { problems, types, readsRunStart: readsRunStart && !hidden };
}

/** The FROM and the star of a step whose expressions may read `run_started_at`. */
export function withRunStart(input: string, reads: boolean): { readonly from: string; readonly star: string } {
  return reads
    ? { from: `${input} CROSS JOIN sluice_given`, star: `* EXCLUDE (${RUN_STARTED_AT.name})` }
    : { from: input, star: '*' };
}
