import type { CheckResult } from '../../model/check-result';
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
  const status =
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

/** The verdict of a row count: `rows` are those that would be loaded. */
export function judgeRowCount(check: CheckDefinition, rows: number): CheckResult {
  const { min, max } = 'rowCount' in check.config ? check.config.rowCount : {};
  const wrong = (min !== undefined && rows < min) || (max !== undefined && rows > max);
  const status = !wrong ? 'passed' : check.severity === 'fail' ? 'failed' : 'warned';
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ');
  return {
    name: check.name,
    kind: check.kind,
    columns: [],
    severity: check.severity,
    evaluated: rows,
    failures: wrong ? 1 : 0,
    status,
    message: `${check.name}: ${rows} rows to load, ${bounds} wanted.`,
  };
}

function messageOf(
  check: CheckDefinition,
  status: CheckResult['status'],
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
