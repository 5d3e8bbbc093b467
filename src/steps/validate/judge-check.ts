import type { CheckResult, CheckStatus } from '../../model/check-result';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { exceeds, share } from './threshold';

/** What a check counted over the whole slice. */
export interface CheckFigures {
  readonly evaluated: number;
  readonly failures: number;
}

/**
 * The verdict of a check on rows. A check that says `fail` tolerates no failure, or as many as `maxFailures`; for the others, the
 * run fails beyond `maxFailures`, and without it never.
 */
export function judgeCheck(check: CheckDefinition, { evaluated, failures }: CheckFigures): CheckResult {
  const limit = check.maxFailures ?? (check.severity === 'fail' ? 0 : null);
  const failed = limit !== null && exceeds(limit, failures, evaluated);
  const status: RowCheckStatus =
    failures === 0 ? 'passed' : failed ? 'failed' : check.severity === 'quarantine' ? 'quarantined' : 'warned';
  return {
    name: check.name,
    kind: check.kind,
    columns: check.columns,
    severity: check.severity,
    evaluated,
    failures,
    status,
    message: messageOf(check, status, evaluated, failures, limit),
  };
}

/** What checks on rows can lead to. */
type RowCheckStatus = Exclude<CheckStatus, 'learning' | 'skipped'>;

function messageOf(
  check: CheckDefinition,
  status: RowCheckStatus,
  evaluated: number,
  failures: number,
  limit: number | string | null,
): string {
  if (status === 'passed') return `${check.name}: all ${evaluated} rows pass.`;
  const figures = `${failures} of ${evaluated} rows fail (${share(failures, evaluated)})`;
  const allowed = limit === null ? '' : `, ${limit} allowed`;
  const outcome = { failed: 'the run fails', quarantined: 'they are quarantined', warned: 'they are loaded' }[status];
  return `${check.name}: ${figures}${allowed}; ${outcome}.`;
}
