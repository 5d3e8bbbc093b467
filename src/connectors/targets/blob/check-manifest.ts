import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import type { Column } from '../../../model/column';

/** Throws `target-schema-mismatch` with each column that the current generation has not, or has with another type. */
export function checkAgainst(
  there: readonly Column[],
  columns: readonly Column[],
  path: string,
  connection: string,
): void {
  const types = new Map(there.map(({ name, type }) => [name, type]));
  const faults = columns.flatMap(({ name, type }) => {
    const existing = types.get(name);
    if (existing === undefined) return [`${name} (${type}) is missing in the files`];
    return existing === type ? [] : [`${name} is ${existing}, needed is ${type}`];
  });
  if (faults.length > 0)
    throw new TargetSchemaMismatchError(`The columns of ${path} do not fit: ${faults.join('; ')}`, connection);
}
