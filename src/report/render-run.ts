import type { PipelineRunRecord, RunRecord } from '../durable/contracts/run-record';
import type { Failure } from '../model/failure';
import { formatDuration, groupDigits, renderTable } from './render-table';

/** A run as a person reads it, in lines; `more` are sections that stand before its failures. */
export function renderRun(run: RunRecord, more: readonly (readonly string[])[] = []): string[] {
  const { pipelines } = run;
  const time = run.endedAt === null ? '' : ` in ${formatDuration(elapsed(run.startedAt, run.endedAt))}`;
  const sections = [
    [`Run ${run.runId}: ${run.status}${time}`],
    renderPipelines(pipelines),
    renderNothingToDo(pipelines),
    renderChecks(pipelines),
    renderLookups(pipelines),
    renderRules(pipelines),
    renderVerifications(pipelines),
    renderQuarantine(pipelines),
    ...more,
    ...failuresOf(run).map(renderFailure),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function renderPipelines(pipelines: readonly PipelineRunRecord[]): string[] {
  const figures = ['Read', 'Loaded', 'Filtered', 'Deduplicated', 'Quarantined'];
  const columns = [
    { heading: 'Pipeline' },
    { heading: 'Status' },
    ...figures.map((heading) => ({ heading, figures: true })),
    { heading: 'Balances' },
    { heading: 'Partitions', figures: true },
    { heading: 'Time', figures: true },
    { heading: 'Rows/s', figures: true },
  ];
  const rows = pipelines.map(({ pipeline, status, counts, balanced, partitions, startedAt, endedAt }) => {
    const ms = elapsed(startedAt, endedAt);
    return [
      pipeline,
      status,
      ...[counts.read, counts.loaded, counts.filtered, counts.deduplicated, counts.quarantined].map(groupDigits),
      balanced === null ? '-' : balanced ? 'yes' : 'NO',
      String(partitions),
      formatDuration(ms),
      ms > 0 && counts.read > 0 ? groupDigits(Math.round((counts.read / ms) * 1000)) : '-',
    ];
  });
  return renderTable(columns, rows);
}

function renderNothingToDo(pipelines: readonly PipelineRunRecord[]): string[] {
  return pipelines
    .filter(({ reason, failure }) => reason !== null && failure === null)
    .map(({ pipeline, reason }) => `${pipeline}: ${reason ?? ''}`);
}

function renderChecks(pipelines: readonly PipelineRunRecord[]): string[] {
  const rows = pipelines.flatMap(({ pipeline, checks }) =>
    checks.map(({ name, evaluated, failures, status }) => [
      pipeline,
      name,
      groupDigits(evaluated),
      groupDigits(failures),
      status,
    ]),
  );
  if (rows.length === 0) return [];
  return renderTable(
    [
      { heading: 'Pipeline' },
      { heading: 'Check' },
      { heading: 'Rows', figures: true },
      { heading: 'Failed', figures: true },
      { heading: 'Verdict' },
    ],
    rows,
  );
}

function renderLookups(pipelines: readonly PipelineRunRecord[]): string[] {
  const rows = pipelines.flatMap(({ pipeline, lookups = [] }) =>
    lookups.map(({ name, rows: looked, matched, missing, cacheHits, cacheMisses }) => [
      pipeline,
      name,
      ...[looked, matched, missing].map(groupDigits),
      `${cacheHits} of ${cacheHits + cacheMisses}`,
    ]),
  );
  if (rows.length === 0) return [];
  const figures = ['Rows', 'Matched', 'Missing', 'From cache'].map((heading) => ({ heading, figures: true }));
  return renderTable([{ heading: 'Pipeline' }, { heading: 'Lookup' }, ...figures], rows);
}

function renderRules(pipelines: readonly PipelineRunRecord[]): string[] {
  const rows = pipelines.flatMap(({ pipeline, rules = [] }) =>
    rules.map(({ name, rows: changed }) => [pipeline, name, groupDigits(changed)]),
  );
  if (rows.length === 0) return [];
  return renderTable([{ heading: 'Pipeline' }, { heading: 'Rule' }, { heading: 'Rows', figures: true }], rows);
}

function renderVerifications(pipelines: readonly PipelineRunRecord[]): string[] {
  const rows = pipelines.flatMap(({ pipeline, verifications }) =>
    verifications.map(({ name, expected, actual, passed }) => [
      pipeline,
      name,
      groupDigits(expected),
      groupDigits(actual),
      passed ? 'passed' : 'FAILED',
    ]),
  );
  if (rows.length === 0) return [];
  return renderTable(
    [
      { heading: 'Pipeline' },
      { heading: 'Verified in PostgreSQL before the commit' },
      { heading: 'Expected', figures: true },
      { heading: 'Found', figures: true },
      { heading: 'Verdict' },
    ],
    rows,
  );
}

function renderQuarantine(pipelines: readonly PipelineRunRecord[]): string[] {
  const rows = pipelines.flatMap(({ pipeline, quarantineReasons }) =>
    quarantineReasons.map(({ reason, rows: count }) => [pipeline, reason, groupDigits(count)]),
  );
  if (rows.length === 0) return [];
  return renderTable([{ heading: 'Quarantined' }, { heading: 'Reason' }, { heading: 'Rows', figures: true }], rows);
}

/** Failures of the run itself and of its pipelines, each once. */
function failuresOf(run: RunRecord): Failure[] {
  const failures = run.pipelines.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  if (run.failure === null || failures.some(({ message }) => message === run.failure?.message)) return failures;
  return [...failures, run.failure];
}

function renderFailure(failure: Failure): string[] {
  const where = [failure.pipeline, failure.step, failure.partition].filter((part) => part !== undefined).join(' / ');
  return [
    `Failed${where === '' ? '' : ` in ${where}`}: ${failure.message}`,
    ...failure.causes.map((cause) => `  because ${cause}`),
    `  class ${failure.class}, code ${failure.code}, data: ${failure.dataState}`,
    `  next: ${failure.nextAction}`,
    `  more: ${failure.runbook}`,
  ];
}

function elapsed(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : Date.parse(to) - Date.parse(from);
}
