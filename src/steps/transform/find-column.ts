import { closest } from '../../model/closest';
import type { Column } from '../../model/column';
import type { StepProblem } from './step-scope';

/** Finds a column as DuckDB would, ignoring case. */
export function findColumn(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

/** The problem of naming a column that is not there; null when it is, or when the columns are not known. */
export function missingColumn(columns: readonly Column[] | null, name: string, path: string): StepProblem | null {
  if (columns === null || findColumn(columns, name)) return null;
  const names = columns.map((column) => column.name);
  const meant = closest(name, names);
  return {
    path,
    code: 'unknown-column',
    message: `There is no column '${name}' at this point`,
    value: name,
    fix: meant === undefined ? `The columns here are ${names.slice(0, 20).join(', ')}.` : `Did you mean '${meant}'?`,
  };
}

/** The problems of naming columns that are not there, or twice. */
export function missingColumns(
  columns: readonly Column[] | null,
  names: readonly string[],
  path: string,
): StepProblem[] {
  return names.flatMap((name, index) => {
    const at = `${path}[${index}]`;
    const twice = names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index;
    if (twice) {
      return [
        { path: at, code: 'duplicate-column', message: `'${name}' is named twice`, value: name, fix: 'Name it once.' },
      ];
    }
    return missingColumn(columns, name, at) ?? [];
  });
}
