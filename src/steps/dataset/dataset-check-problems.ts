import type { Column, ColumnType } from '../../model/column';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { findColumn, missingColumn, missingColumns } from '../transform/find-column';
import type { StepProblem } from '../transform/step-scope';

const TIMES: ReadonlySet<ColumnType> = new Set(['date', 'timestamp', 'timestamptz']);
const NUMBERS = /^(integer|bigint|double|decimal\(.*\))$/;

/** Columns of a check on the slice that are not there after the transform, or hold no values of the kind it looks at. */
export function datasetCheckProblems(check: CheckDefinition, columns: readonly Column[] | null): StepProblem[] {
  const { config, path } = check;
  // Which columns there are is what a schema check finds out.
  if (check.kind === 'schema') return [];
  if ('duplicates' in config) return missingColumns(columns, config.duplicates.columns, `${path}.columns`);
  const name = check.columns[0];
  if (name === undefined || columns === null) return [];
  const missing = missingColumn(columns, name, `${path}.column`);
  if (missing !== null) return [missing];
  const type = findColumn(columns, name)?.type ?? 'string';
  if ('freshness' in config) return TIMES.has(type) ? [] : [wrongType(check, name, type, 'dates and timestamps')];
  const counts = ['sum', 'mean', 'quantile'].includes(check.kind);
  const isMean = 'anomaly' in config && config.anomaly.metric === 'mean';
  return (counts || isMean) && !NUMBERS.test(type) ? [wrongType(check, name, type, 'numbers')] : [];
}

function wrongType(check: CheckDefinition, name: string, type: ColumnType, wanted: string): StepProblem {
  return {
    path: `${check.path}.column`,
    code: 'types-differ',
    message: `'${name}' is a ${type}, and this check looks at ${wanted}`,
    value: name,
    fix: 'Cast the column in the transform, or choose another.',
  };
}
