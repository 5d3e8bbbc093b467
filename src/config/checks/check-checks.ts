import type { CheckConfig } from '../schema/check';
import type { Report } from './check-pipeline';
import { isTimeZone, unknownTimeZone } from './time-zone';

/** Checks that have a least and a greatest value, of which at least one must be given. */
const BOUNDED: ReadonlySet<string> = new Set([
  'range',
  'length',
  'rowCount',
  'sum',
  'mean',
  'quantile',
  'distinctCount',
]);

/** What the checks of a pipeline say by themselves that a schema cannot see. */
export function checkChecks(checks: readonly CheckConfig[], report: Report): void {
  checks.forEach((check, index) => {
    for (const [kind, rule] of Object.entries(check) as [string, { min?: unknown; max?: unknown }][]) {
      if (BOUNDED.has(kind)) checkBounds(kind, rule, ['checks', index, kind], report);
    }
    if ('freshness' in check && !isTimeZone(check.freshness.timeZone)) {
      report(['checks', index, 'freshness', 'timeZone'], ...unknownTimeZone(check.freshness.timeZone));
    }
    if ('anomaly' in check) checkAnomaly(check.anomaly, ['checks', index, 'anomaly'], report);
  });
}

function checkBounds(
  kind: string,
  rule: { min?: unknown; max?: unknown },
  path: readonly (string | number)[],
  report: Report,
): void {
  if (rule.min === undefined && rule.max === undefined) {
    report([...path], 'missing-bound', `the ${kind} has neither min nor max`, 'Add min, max or both.');
    return;
  }
  const [min, max] = [numberOf(kind, rule.min), numberOf(kind, rule.max)];
  if (min !== null && max !== null && min > max) {
    report([...path, 'min'], 'empty-range', `min ${min} is more than max ${max}`, 'Swap the two.');
  }
}

/** Texts are dates in a range, and numbers of many digits in a sum. */
function numberOf(kind: string, bound: unknown): number | null {
  if (typeof bound === 'number') return bound;
  return kind === 'sum' && typeof bound === 'string' ? Number(bound) : null;
}

function checkAnomaly(
  { metric, column }: { readonly metric: string; readonly column?: string | undefined },
  path: readonly (string | number)[],
  report: Report,
): void {
  if (metric === 'rowCount' && column !== undefined) {
    const fix = 'Leave column out, or choose nullRate, mean or distinctCount.';
    report([...path, 'column'], 'column-not-wanted', 'rowCount counts rows, and looks at no column', fix);
  }
  if (metric !== 'rowCount' && column === undefined) {
    report([...path], 'missing-column', `${metric} looks at a column, and none is named`, 'Add column.');
  }
}
