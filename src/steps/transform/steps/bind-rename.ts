import type { RenameStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_PREFIX, type Column } from '../../../model/column';
import { findColumn, missingColumn } from '../find-column';
import { toSnakeCase } from '../to-snake-case';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

/** `rename: { old: new }`, or `rename: snake_case` for every column. */
export function bindRename(step: RenameStep, scope: StepScope): BoundStep {
  const { columns } = scope;
  const names = step.rename === 'snake_case' ? snakeCase(columns ?? []) : Object.entries(step.rename);
  const problems = [
    ...names.flatMap(([old]) => missingColumn(columns, old, `rename.${old}`) ?? []),
    ...(columns === null ? [] : clashes(names, columns)),
  ];
  if (problems.length > 0 || columns === null) return unbound(problems);
  const renames = names
    .map(([old, name]) => [findColumn(columns, old)?.name ?? old, name] as const)
    .filter(([old, name]) => old !== name)
    .map(([old, name]) => `${quoteIdentifier(old)} AS ${quoteIdentifier(name)}`);
  return {
    problems,
    sql: `SELECT *${renames.length > 0 ? ` RENAME (${renames.join(', ')})` : ''}\nFROM ${scope.input}`,
  };
}

function snakeCase(columns: readonly Column[]): [string, string][] {
  return columns.map((column) => [column.name, toSnakeCase(column.name)]);
}

function clashes(names: readonly (readonly [string, string])[], columns: readonly Column[]): StepProblem[] {
  const renamed = new Map(names.map(([old, name]) => [old.toLowerCase(), name]));
  const seen = new Map<string, string>();
  return columns.flatMap((column) => {
    const name = renamed.get(column.name.toLowerCase()) ?? column.name;
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), column.name);
    const reserved = name.toLowerCase().startsWith(SYSTEM_PREFIX);
    if (other === undefined && !reserved) return [];
    return [
      {
        path: renamed.has(column.name.toLowerCase()) ? `rename.${column.name}` : 'rename',
        code: 'duplicate-column',
        message: reserved
          ? `'${name}' is kept for Sluice`
          : `'${other}' and '${column.name}' would both be called '${name}'`,
        value: name,
        fix: 'Choose another name.',
      },
    ];
  });
}
