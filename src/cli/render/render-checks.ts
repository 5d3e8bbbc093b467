import type { CheckResult, CheckStatus } from '../../model/check-result';

/** One pipeline of the answer of `GET /api/runs/{id}/checks`. */
export interface PipelineChecks {
  readonly pipeline: string;
  readonly status: string;
  readonly verdict: 'passed' | 'failed' | null;
  readonly checks: readonly CheckResult[];
}
export interface RunChecks {
  readonly runId: string;
  readonly pipelines: readonly PipelineChecks[];
}

/** The answer of `GET /api/pipelines/{name}/checks`. */
export interface CheckHistory {
  readonly pipeline: string;
  readonly runs: readonly { readonly runId: string; readonly at: string; readonly verdict: 'passed' | 'failed' }[];
  readonly trends: readonly {
    readonly check: string;
    readonly points: readonly {
      readonly status: CheckStatus;
      readonly evaluated: number;
      readonly failures: number;
      readonly value?: number | string | null;
    }[];
  }[];
}

/** A sign for each run, newest first: what one line can show of a series. */
const SIGNS: Readonly<Record<CheckStatus, string>> = {
  passed: '.',
  warned: 'w',
  quarantined: 'q',
  failed: 'F',
  learning: 'l',
  skipped: '-',
};

/** Every verdict of one pipeline in one run. */
export function renderCheckRun(runId: string, { pipeline, status, verdict, checks }: PipelineChecks): string {
  const head = `${pipeline} in ${runId}: ${status}, ${verdict === null ? 'not validated yet' : `validation ${verdict}`}`;
  const width = Math.max(0, ...checks.map((check) => check.status.length));
  const lines = checks.map((check) => `  ${check.status.padEnd(width)}  ${check.message}`);
  return [head, ...(lines.length === 0 ? ['  no checks'] : lines), ''].join('\n');
}

/** A line for each check: its newest figure, and a sign for every run. */
export function renderCheckHistory({ pipeline, runs, trends }: CheckHistory): string {
  const [newest] = runs;
  if (newest === undefined) return `${pipeline}: no run was validated yet.\n`;
  const width = Math.max(...trends.map(({ check }) => check.length), 0);
  const lines = trends.map(({ check, points }) => {
    const [last] = points;
    const figure = last === undefined ? '' : figureOf(last);
    return `  ${check.padEnd(width)}  ${points.map(({ status }) => SIGNS[status]).join('')}  ${figure}`.trimEnd();
  });
  const head = `${pipeline}: ${runs.length} runs, the newest ${newest.runId} of ${newest.at}, validation ${newest.verdict}`;
  const legend = Object.entries(SIGNS).map(([status, sign]) => `${sign} ${status}`);
  return [head, ...lines, `  (newest first: ${legend.join(', ')})`, ''].join('\n');
}

function figureOf({ value, evaluated, failures }: CheckHistory['trends'][number]['points'][number]): string {
  return value === undefined || value === null ? `${failures} of ${evaluated} rows failed` : String(value);
}
