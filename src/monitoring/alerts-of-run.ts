import type { PipelineConfig } from '../config/schema/pipeline';
import type { PipelineRunRecord, RunRecord } from '../durable/contracts/run-record';
import type { AlertEvent, AlertSubject } from '../model/alert';
import type { CheckResult } from '../model/check-result';
import type { DataState, Failure } from '../model/failure';

/** The definitions that say who owns a pipeline, as far as they can be read. */
export type Owners = Readonly<Record<string, Pick<PipelineConfig, 'owner' | 'tags'>>>;

const DATA: Readonly<Record<DataState, string>> = {
  'nothing-loaded': 'Nothing was loaded: the target is as it was.',
  'staged-not-published': 'Rows were staged and not published: the target is as it was.',
  published: 'The rows are published.',
  unknown: 'Nobody knows yet whether the rows were published: the next run finds out, and loads nothing twice.',
};

/** What a run that has ended is to be told of: failed pipelines, checks that did not hold, anomalies. Holds no row values. */
export function alertsOfRun(run: RunRecord, owners: Owners): AlertEvent[] {
  const at = run.endedAt ?? run.requestedAt;
  const failed = run.pipelines.filter(({ status }) => status === 'Failed');
  const ofPipelines = failed.map((pipeline) =>
    runFailed(run, pipeline.pipeline, pipeline.failure ?? run.failure, pipeline.reason, pipeline.endedAt ?? at, owners),
  );
  const only = run.pipelines.length === 1 ? (run.pipelines[0]?.pipeline ?? null) : null;
  const ofRun =
    run.status === 'Failed' && failed.length === 0 ? [runFailed(run, only, run.failure, null, at, owners)] : [];
  return [...ofPipelines, ...ofRun, ...run.pipelines.flatMap((pipeline) => checksFailed(run, pipeline, at, owners))];
}

function runFailed(
  run: RunRecord,
  pipeline: string | null,
  failure: Failure | null,
  reason: string | null,
  at: string,
  owners: Owners,
): AlertEvent {
  const code = failure?.code ?? 'unknown';
  const name = pipeline ?? run.runId;
  // What nobody expected may say anything.
  const said =
    failure === null
      ? (reason ?? 'The run says no more.')
      : failure.code === 'unexpected-error'
        ? 'An error that nobody expected; the log of the run has it.'
        : failure.message;
  return {
    key: `run-failed:${name}:${code}`,
    event: `${run.runId}:${name}`,
    at,
    ...ownedBy(owners, pipeline),
    kind: 'run-failed',
    severity: 'error',
    runId: run.runId,
    connection: failure?.connection ?? null,
    failureClass: failure?.class ?? null,
    code,
    title: `${name} failed: ${code}`,
    what: `${failure?.step === undefined ? '' : `In ${failure.step}: `}${said}`.slice(0, 600),
    data: DATA[failure?.dataState ?? 'unknown'],
    todo: failure?.nextAction ?? 'Look at the run.',
    runbook: failure?.runbook ?? null,
  };
}

function checksFailed(run: RunRecord, pipeline: PipelineRunRecord, at: string, owners: Owners): AlertEvent[] {
  const published = pipeline.load !== null;
  return pipeline.checks
    .filter(({ status }) => status === 'failed' || status === 'warned')
    .map((check) => {
      const isAnomaly = check.kind === 'anomaly';
      const kind = isAnomaly ? 'anomaly' : 'check-failed';
      return {
        key: keyOfCheck(pipeline.pipeline, check),
        event: `${run.runId}:${pipeline.pipeline}:${check.name}`,
        at: pipeline.endedAt ?? at,
        ...ownedBy(owners, pipeline.pipeline),
        kind,
        severity: check.status === 'failed' ? 'error' : 'warning',
        runId: run.runId,
        connection: null,
        failureClass: 'business',
        code: check.name,
        title: `${pipeline.pipeline}: ${isAnomaly ? 'unusual' : 'check'} ${check.name}`,
        what: figuresOf(check),
        data: published ? 'The rows are published.' : DATA['nothing-loaded'],
        todo: isAnomaly
          ? 'Compare the figures with earlier runs: sluice checks shows the series.'
          : 'Look at the rows and the rule: sluice checks shows the series, sluice quarantine the rows.',
        runbook: check.status === 'failed' ? 'docs/runbooks/checks-failed.md' : 'docs/runbooks/alerts.md',
      } satisfies AlertEvent;
    });
}

/** The alert of a check that does not hold. */
export function keyOfCheck(pipeline: string, { kind, name }: Pick<CheckResult, 'kind' | 'name'>): string {
  return `${kind === 'anomaly' ? 'anomaly' : 'check-failed'}:${pipeline}:${name}`;
}

/** Figures only: the values that a check names may be those of masked columns. */
function figuresOf({ kind, columns, evaluated, failures, status }: CheckResult): string {
  const of = columns.length === 0 ? '' : ` on ${columns.join(', ')}`;
  const led = status === 'failed' ? 'It ended the run.' : 'The rows were let through.';
  return `The check ${kind}${of} did not hold: ${failures} of ${evaluated}. ${led}`;
}

/** Whose it is; nobody's where no pipeline is meant. */
export function ownedBy(owners: Owners, pipeline: string | null): Pick<AlertSubject, 'pipeline' | 'owner' | 'tags'> {
  const known = pipeline !== null && Object.hasOwn(owners, pipeline) ? owners[pipeline] : undefined;
  return { pipeline, owner: known?.owner ?? null, tags: known?.tags ?? {} };
}
