import type { CheckResult } from '../../model/check-result';
import type { CheckDefinition } from '../transform/checks/check-definitions';

/** Checks on the slice as a whole, of rows released from quarantine: what they ask of a usual slice says nothing about these. */
export function skippedChecks(definitions: readonly CheckDefinition[]): ReadonlyMap<string, CheckResult> {
  return new Map(
    definitions.map(({ name, kind, columns, severity }) => [
      name,
      {
        name,
        kind,
        columns,
        severity,
        evaluated: 0,
        failures: 0,
        status: 'skipped',
        message: `${name}: skipped, rows released from quarantine are not judged as a slice.`,
      },
    ]),
  );
}
