import { TargetSchemaMismatchError } from '../errors/target-schema-mismatch-error';
import { fits } from '../steps/extract/reconcile-columns';
import { NO_EVOLUTION, type Evolution } from '../steps/load/target';
import type { Column } from '../model/column';

/**
 * The columns of the next generation: those of the current one, with what may evolve. Throws `target-schema-mismatch` with each column that the current
 * generation has not, or has with another type, and that may not be made to fit.
 */
export function checkAgainst(
  there: readonly Column[],
  columns: readonly Column[],
  path: string,
  connection: string,
  evolution: Evolution = NO_EVOLUTION,
): readonly Column[] {
  const next = new Map(there.map((column) => [column.name, column]));
  const faults = columns.flatMap(({ name, type }) => {
    const existing = next.get(name)?.type;
    const canEvolve = existing === undefined ? evolution.columns : evolution.types && fits(existing, type);
    if (existing !== type && canEvolve) {
      next.set(name, { name, type, nullable: true });
      return [];
    }
    if (existing === undefined) return [`${name} (${type}) is missing in the files`];
    return existing === type ? [] : [`${name} is ${existing}, needed is ${type}`];
  });
  if (faults.length > 0)
    throw new TargetSchemaMismatchError(`The columns of ${path} do not fit: ${faults.join('; ')}`, connection);
  return [...next.values()];
}
