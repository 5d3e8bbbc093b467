import type { RunPlan } from '../../config/project';
import { PlanOutdatedError } from '../../errors/plan-outdated-error';
import type { Column } from '../../model/column';
import type { Reviewed } from '../../model/reviewed';
import type { Slice } from '../../model/slice';
import { reviewedSlice, reviewedTarget } from '../../steps/reviewed';

type Plan = Pick<RunPlan, 'reviewed'>;

/** Throws where a run that applies a reviewed plan would take another slice. */
export function refuseOtherSlice({ reviewed }: Plan, slice: Slice | undefined): void {
  refuse(reviewed?.slice ?? null, reviewed === undefined ? null : reviewedSlice(slice), 'The source has');
}

/** Throws where the target is not as the review saw it; null columns: there is no table. */
export function refuseOtherTarget({ reviewed }: Plan, columns: readonly Column[] | null): void {
  refuse(reviewed?.target ?? null, reviewed === undefined ? null : reviewedTarget(columns), 'The target has');
}

function refuse(then: Reviewed | null, now: Reviewed | null, begin: string): void {
  if (then === null || then.digest === now?.digest) return;
  const differ = then.what === now?.what ? ', and they are others' : '';
  throw new PlanOutdatedError(
    `${begin} not what the plan recorded: ${then.what} then, ${now?.what ?? 'something else'} now${differ}.`,
  );
}
