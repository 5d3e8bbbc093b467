import type { DemoResult } from './render-result';

/**
 * What is wrong with a result, in sentences; empty where all is well. Beside the run's own verdict it holds PostgreSQL's
 * count against DuckDB's: each row of the raw file is in the table, or the run says where else it went.
 */
export function judgeResult({ run, compared }: DemoResult): string[] {
  const problems: string[] = [];
  if (run.status !== 'Succeeded') problems.push(`The run ended as ${run.status}.`);
  for (const { pipeline, balanced, counts, status } of run.pipelines) {
    if (status === 'Succeeded' && counts.read > 0 && balanced !== true) {
      problems.push(`The ledger of ${pipeline} does not balance.`);
    }
  }
  for (const { pipeline, table, measures } of compared) {
    const record = run.pipelines.find((candidate) => candidate.pipeline === pipeline);
    // A run that loaded nothing new says nothing about the rows that an earlier one left out.
    if (record === undefined || record.counts.read === 0) continue;
    const rows = measures.find(({ name }) => name === 'rows');
    const { filtered, deduplicated, quarantined } = record.counts;
    const expected = Number(rows?.duckdb) - filtered - deduplicated - quarantined;
    if (Number(rows?.postgres) !== expected) {
      problems.push(
        `${table} holds ${rows?.postgres ?? 'no'} rows; the raw file and the run's counts say ${expected}.`,
      );
    }
  }
  return problems;
}
