import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import type { Column } from '../../model/column';

const NESTED = /^(STRUCT|MAP|UNION)\(|\[\d*\]$/;

/** A select item that gives a column of the plan from an engine expression of the given engine type; null: the file lacks it. */
export function relationColumn(column: Column, expression: string | null, engineType: string): string {
  const wanted = duckdbType(column.type);
  const name = quoteIdentifier(column.name);
  if (expression === null) return `CAST(NULL AS ${wanted}) AS ${name}`;
  if (engineType === wanted) return expression === name ? name : `${expression} AS ${name}`;
  if (NESTED.test(engineType)) {
    const json = `to_json(${expression})`;
    return column.type === 'json' ? `${json} AS ${name}` : `CAST(${json} AS VARCHAR) AS ${name}`;
  }
  return `CAST(${expression} AS ${wanted}) AS ${name}`;
}
