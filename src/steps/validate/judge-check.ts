import type { CheckResult, CheckStatus } from '../../model/check-result';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { exceeds, share } from './threshold';

/** What a check counted over the whole slice. */
export interface CheckFigures {
  readonly evaluated: number;
  readonly failures: number;
  /** Of the failures, those of rows that were approved as they are. */
  readonly waived?: number;
  /** Rows released from quarantine are no sample of anything: what fails again goes back, and no share of them fails the run. */
  readonly isRelease?: boolean;
}

/**
 * The verdict of a check on rows. A check that says `fail` tolerates no failure, or as many as `maxFailures`; for the others, the
 * run fails beyond `maxFailures`, and without it never.
 */
export function judgeCheck(check: CheckDefinition, figures: CheckFigures): CheckResult {
  const { evaluated, failures, waived = 0, isRelease = false } = figures;
  const allowed = isRelease && check.severity !== 'fail' ? undefined : check.maxFailures;
  const limit = allowed ?? (check.severity === 'fail' ? 0 : null);
  const failed = limit !== null && exceeds(limit, failures - waived, evaluated);
  const status: RowCheckStatus =
    failures === waived ? 'passed' : failed ? 'failed' : check.severity === 'quarantine' ? 'quarantined' : 'warned';
  return {
    name: check.name,
    kind: check.kind,
    columns: check.columns,
    severity: check.severity,
    evaluated,
    failures,
    ...(waived > 0 && { waived }),
    status,
    message: messageOf(check, status, { evaluated, failures: failures - waived, waived }, limit),
  };
}

/** What checks on rows can lead to. */
type RowCheckStatus = Exclude<CheckStatus, 'learning' | 'skipped'>;

function messageOf(
  check: CheckDefinition,
  status: RowCheckStatus,
  { evaluated, failures, waived }: Required<Omit<CheckFigures, 'isRelease'>>,
  limit: number | string | null,
): string {
  const approved = waived === 0 ? '' : ` ${waived} of ${evaluated} rows fail and are waived: they are loaded.`;
  if (status === 'passed')
    return waived === 0
      ? `${check.name}: all ${evaluated} rows pass.`
      : `${check.name}:${approved}${waived < evaluated ? ' The others pass.' : ''}`;
  const figures = `${failures} of ${evaluated} rows fail (${share(failures, evaluated)})`;
  const allowed = limit === null ? '' : `, ${limit} allowed`;
  const outcome = { failed: 'the run fails', quarantined: 'they are quarantined', warned: 'they are loaded' }[status];
  return `${check.name}: ${figures}${allowed}; ${outcome}.${approved}`;
}
