import type { ExampleRow, UnitTestDifference } from '../../steps/unit-tests/unit-test-result';
import type { PlacedResult } from '../commands/test';

/** Results for people: one line for each example, and what differs below those that fail. */
export function renderUnitTests(results: readonly PlacedResult[]): string {
  const lines: string[] = [];
  let pipeline = '';
  for (const result of results) {
    if (result.pipeline !== pipeline) lines.push(result.pipeline);
    pipeline = result.pipeline;
    lines.push(`  ${result.passed ? 'passed' : 'FAILED'}  ${result.name}`);
    if (result.passed) continue;
    lines.push(`          ${result.file}:${result.line}`);
    if (result.error !== null) lines.push(`          ${result.error}`);
    lines.push(...result.differences.flatMap(renderDifference).map((line) => `          ${line}`));
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

function renderDifference({ where, row, expected, actual, columns }: UnitTestDifference): string[] {
  if (actual === null) return [`${where}, row ${row}: did not come out: ${rowText(expected)}`];
  if (expected === null) return [`${where}, row ${row}: came out, but is not in the example: ${rowText(actual)}`];
  return columns.map(
    (name) => `${where}, row ${row}, ${name}: expected ${valueText(expected[name])}, but is ${valueText(actual[name])}`,
  );
}

function rowText(row: ExampleRow | null): string {
  return row === null ? '' : JSON.stringify(row);
}

function valueText(value: ExampleRow[string] | undefined): string {
  return JSON.stringify(value ?? null);
}
