import path from 'node:path';
import type { RunRecord } from '../../durable/contracts/run-record';
import { renderRun } from '../../report/render-run';
import { groupDigits, renderTable } from '../../report/render-table';
import type { ComparedFile } from './compare';

/** Everything that the demo knows at its end. */
export interface DemoResult {
  readonly run: RunRecord;
  readonly compared: readonly ComparedFile[];
}

/** The result as a person reads it, in lines. */
export function renderResult({ run, compared }: DemoResult): string[] {
  return renderRun(run, [renderComparison(compared)]);
}

function renderComparison(compared: readonly ComparedFile[]): string[] {
  const rows = compared.flatMap(({ table, file, measures }) =>
    measures.map(({ name, postgres, duckdb }) => [
      table,
      name,
      groupDigits(postgres ?? 'none'),
      groupDigits(duckdb ?? 'none'),
      path.basename(file),
    ]),
  );
  if (rows.length === 0) return [];
  return renderTable(
    [
      { heading: 'Loaded table' },
      { heading: '' },
      { heading: 'PostgreSQL over the table', figures: true },
      { heading: 'DuckDB over the raw file', figures: true },
      { heading: 'File' },
    ],
    rows,
  );
}
