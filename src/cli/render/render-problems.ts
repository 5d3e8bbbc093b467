import type { Problem } from '../../config/project';

/** Problems for people: the place first, as terminals and editors open it, then what is wrong, what stands there, and the fix. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map(renderProblem).join('\n');
}

function renderProblem({ file, line, column, path, code, message, value, fix, severity }: Problem): string {
  const lines = [`${file}:${line}:${column}  ${severity}  ${message}  [${code}]`];
  if (path !== '') lines.push(`    at     ${path}`);
  if (value !== null) lines.push(`    value  ${value}`);
  lines.push(`    fix    ${fix}`, '');
  return lines.join('\n');
}

/** `2 errors and 1 warning`. */
export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [plural(errors, 'error'), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])];
  return parts.join(' and ');
}

/** `1 pipeline`, `2 pipelines`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
