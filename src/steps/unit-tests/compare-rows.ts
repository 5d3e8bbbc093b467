import { duckdbType } from '../../engine/duckdb-type';
import type { EngineSession } from '../../engine/engine-session';
import { EngineError } from '../../errors/engine-error';
import type { Column } from '../../model/column';
import type { ExampleRow, UnitTestDifference } from './unit-test-result';

/** Rows that came out, each value as the engine writes it. */
export type ActualRow = Readonly<Record<string, string | null>>;

/**
 * Compares rows by position, looking only at the columns that the example names. Values are the same when the engine writes them the
 * same in the column's type: 1250, 1250.0 and '1250.00' are one decimal(12,2).
 */
export async function compareRows(
  session: EngineSession,
  expected: readonly ExampleRow[],
  actual: readonly ActualRow[],
  columns: readonly Column[],
): Promise<UnitTestDifference[]> {
  const differences: UnitTestDifference[] = [];
  for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
    const [want, got] = [expected[index] ?? null, actual[index] ?? null];
    if (want === null || got === null) {
      differences.push({ where: 'expected', row: index + 1, expected: want, actual: got, columns: [] });
      continue;
    }
    const differing: string[] = [];
    for (const [name, value] of Object.entries(want)) {
      const column = columns.find((one) => one.name === name);
      const same = column !== undefined && (await written(session, value, column)) === (got[name] ?? null);
      if (!same) differing.push(name);
    }
    if (differing.length === 0) continue;
    const seen = Object.fromEntries(Object.keys(want).map((name) => [name, got[name] ?? null]));
    differences.push({ where: 'expected', row: index + 1, expected: want, actual: seen, columns: differing });
  }
  return differences;
}

/** Compares quarantined rows by position: original values as text, and `reason` as one of the row's reasons. */
export function compareQuarantined(
  expected: readonly ExampleRow[],
  actual: readonly { readonly values: ActualRow; readonly reasons: readonly string[] }[],
): UnitTestDifference[] {
  const differences: UnitTestDifference[] = [];
  for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
    const [want, got] = [expected[index] ?? null, actual[index] ?? null];
    const seen: ActualRow | null = got === null ? null : { ...got.values, reason: got.reasons.join('; ') };
    if (want === null || seen === null || got === null) {
      differences.push({ where: 'quarantined', row: index + 1, expected: want, actual: seen, columns: [] });
      continue;
    }
    const differing = Object.entries(want).filter(([name, value]) =>
      name === 'reason' ? !got.reasons.includes(String(value)) : !sameText(value, got.values[name] ?? null),
    );
    if (differing.length === 0) continue;
    const shown = Object.fromEntries(Object.keys(want).map((name) => [name, seen[name] ?? null]));
    const columns = differing.map(([name]) => name);
    differences.push({ where: 'quarantined', row: index + 1, expected: want, actual: shown, columns });
  }
  return differences;
}

/** A value as the engine writes it in a column's type; itself where it is none of that type. */
async function written(session: EngineSession, value: ExampleRow[string], column: Column): Promise<string | null> {
  if (value === null) return null;
  try {
    const type = duckdbType(column.type);
    const [row] = await session.rows<{ text: string | null }>(
      `SELECT CAST(CAST($1::VARCHAR AS ${type}) AS VARCHAR) AS text`,
      [String(value)],
    );
    return row?.text ?? null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return String(value);
  }
}

function sameText(value: ExampleRow[string], actual: string | null): boolean {
  if (value === null || actual === null) return value === actual;
  return String(value) === actual || (typeof value === 'number' && Number(actual) === value);
}
